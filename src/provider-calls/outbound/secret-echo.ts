import { isUtf8 } from 'node:buffer';
import type { Screen, ScreenProblem } from './answer-body.js';

/** Shorter parts of a secret than this are found in any text; a secret as a whole is never that short (secret-form.ts). */
const SHORTEST_PART = 8;
/** Errors are short. What is longer is not searched and not passed on. */
const LONGEST_ERROR_BYTES = 1024 * 1024;
/** Layers of escaping that are taken off: a URL within JSON within JSON has three. */
const ROUNDS = 3;

/** A text that is never shown, in the forms in which a provider may repeat it. */
export class SecretForms {
  readonly #parts: readonly string[];
  /** The length of the shortest part. */
  readonly #shortest: number;
  /** The parts in bytes: what a stream is searched for. */
  readonly inBytes: readonly Buffer[];

  /** Of a pair, `id:secret`, each half counts too. */
  constructor(secrets: readonly string[]) {
    const halves = secrets.flatMap((secret) => [secret, ...secret.split(/:(.*)/s)]);
    this.#parts = [...new Set(halves)].filter((part) => part.length >= SHORTEST_PART);
    this.#shortest = Math.min(...this.#parts.map((part) => part.length));
    this.inBytes = this.#parts.map((part) => Buffer.from(part));
  }

  /** Plain, hexadecimal, or anywhere within base64; behind escapes of JSON, URLs and HTML; broken over lines; in any case. */
  isIn(text: string): boolean {
    if (text.length < this.#shortest) return false; // no form is shorter than what it stands for
    const plain = this.#parts.flatMap((part) => [part, Buffer.from(part).toString('hex')]);
    const lowered = plain.map((form) => form.toLowerCase());
    const bytes = this.#parts.flatMap((part) => ENCODINGS.map((encode) => encode(part)));
    const base64 = bytes.flatMap((part) => [0, 1, 2].map((offset) => base64Of(part, offset)));
    return layersOf(text).some((layer) => {
      const lower = layer.toLowerCase();
      const standard = layer.replaceAll('-', '+').replaceAll('_', '/');
      return lowered.some((form) => lower.includes(form)) || base64.some((form) => standard.includes(form));
    });
  }
}

/**
 * Holds an error's body back until it is whole, and lets it through if it is UTF-8, as JSON and event streams are (RFC 8259
 * §8.1; in UTF-16 and UTF-32 every letter has a NUL beside it), and does not repeat a secret (security J9).
 */
export class WholeScreen implements Screen {
  readonly #chunks: Buffer[] = [];
  #length = 0;

  constructor(private readonly secrets: SecretForms) {}

  pass(chunk: Buffer): Buffer | ScreenProblem {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    return this.#length > LONGEST_ERROR_BYTES ? 'answer_too_large' : NOTHING;
  }

  end(): Buffer | ScreenProblem {
    const whole = Buffer.concat(this.#chunks);
    if (!isUtf8(whole) || whole.includes(0)) return 'not_utf8';
    return this.secrets.isIn(whole.toString('utf8')) ? 'secret_echoed' : whole;
  }
}

/**
 * Lets a good answer through as it comes, until the secret stands in it as it was sent, or with whichever of its characters
 * escaped as JSON has it. Of each chunk only an end that could be a beginning of the secret waits for the next one: an
 * event, which ends in a line break, never does.
 */
export class StreamScreen implements Screen {
  #held: Buffer = NOTHING;
  readonly #parts: readonly Buffer[];
  /** With what the escapes of the parts' characters begin. */
  readonly #escapes: readonly string[];
  /** No part is longer, escaped throughout. */
  readonly #longest: number;
  /** The bytes with which a part may begin: most of a stream are not, and cost one look. */
  readonly #begins = new Uint8Array(256);

  constructor({ inBytes: parts }: SecretForms) {
    const quoted = QUOTED.filter((character) => parts.some((part) => part.includes(character)));
    this.#parts = parts;
    this.#escapes = ['\\u00', ...quoted.map((character) => `\\${character}`)];
    this.#longest = Math.max(...parts.map((part) => part.length * '\\u0000'.length));
    for (const byte of [BACKSLASH, ...parts.map((part) => part[0])]) this.#begins[byte as number] = 1;
  }

  pass(chunk: Buffer): Buffer | ScreenProblem {
    const seen = this.#held.length > 0 ? Buffer.concat([this.#held, chunk]) : chunk;
    if (seen.includes(0)) return 'not_utf8';
    if (this.#parts.some((part) => seen.includes(part))) return 'secret_echoed';
    let passing = seen.length - Math.max(0, ...this.#parts.map((part) => begunBytes(seen, part)));
    const begins = this.#begins;
    for (let at = this.#firstToRead(seen); at < seen.length; at++) {
      if (begins[seen[at] as number] === 0) continue;
      for (const part of this.#parts) {
        const stands = standing(part, seen, at);
        if (stands === 'whole') return 'secret_echoed';
        if (stands === 'begun') passing = Math.min(passing, at);
      }
    }
    this.#held = seen.subarray(passing);
    return seen.subarray(0, passing);
  }

  end(): Buffer {
    return this.#held;
  }

  /** What holds an escape ends behind the first one, or is cut by the end of `seen`; all before has been searched, and faster. */
  #firstToRead(seen: Buffer): number {
    const escapes = this.#escapes.map((escape) => seen.indexOf(escape)).filter((at) => at !== -1);
    return Math.max(0, Math.min(seen.length, ...escapes) - this.#longest);
  }
}

const NOTHING: Buffer = Buffer.alloc(0);

/** How many bytes of `part`, not all of them, stand at the end of `seen`. */
function begunBytes(seen: Buffer, part: Buffer): number {
  for (let length = Math.min(seen.length, part.length - 1); length > 0; length--) {
    const start = seen.length - length;
    if (seen[start] === part[0] && seen.subarray(start).equals(part.subarray(0, length))) return length;
  }
  return 0;
}

/** Whether `part`, as JSON may write it, stands in `seen` at `start`: whole, or as far as `seen` goes. */
function standing(part: Buffer, seen: Buffer, start: number): 'whole' | 'begun' | undefined {
  let at = start;
  for (let i = 0; i < part.length; i++) {
    if (at >= seen.length) return 'begun';
    const byte = part[i] as number;
    if (seen[at] === BACKSLASH) {
      const escape = escapeAt(byte, seen, at);
      if (escape === undefined) return undefined;
      at += escape.length;
    } else {
      if (seen[at] !== byte) return undefined;
      at++;
    }
  }
  return at > seen.length ? 'begun' : 'whole';
}

const BACKSLASH = 0x5c;
/** RFC 8259 §7: any character by its number, in either case of the digits, and these behind a backslash. */
const QUOTED: readonly string[] = ['"', '\\', '/'];

const ESCAPES: readonly (readonly Buffer[])[] = Array.from({ length: 256 }, (_, byte) => {
  const character = String.fromCharCode(byte);
  const digits = byte.toString(16).padStart(4, '0');
  const escapes = [`\\u${digits}`, `\\u${digits.toUpperCase()}`];
  if (QUOTED.includes(character)) escapes.push(`\\${character}`);
  return escapes.map((escape) => Buffer.from(escape));
});

/** The escape of `byte` that stands in `seen` at `at`, as far as `seen` goes. */
function escapeAt(byte: number, seen: Buffer, at: number): Buffer | undefined {
  return ESCAPES[byte]?.find((escape) => {
    for (let i = 1; i < escape.length && at + i < seen.length; i++)
      if (seen[at + i] !== escape[i]) return false;
    return true;
  });
}

/** How a text becomes the bytes of which base64 is made; Windows has UTF-16 there, and UTF-7 the other order of it. */
const ENCODINGS: readonly ((text: string) => Buffer)[] = [
  (text) => Buffer.from(text),
  (text) => Buffer.from(text, 'utf16le'),
  (text) => Buffer.from(text, 'utf16le').swap16(),
];

/** The characters of a base64 text that a part alone decides, when so many bytes (modulo 3) stand before it. */
function base64Of(part: Buffer, offset: number): string {
  const bytes = Buffer.concat([Buffer.alloc(offset), part]);
  const whole = bytes.toString('base64');
  return whole.slice(Math.ceil((offset * 8) / 6), Math.floor((bytes.length * 8) / 6));
}

/**
 * A text as sent, and as taking escapes off in any order shows it; each also without white space and what is not seen. Each
 * kind by itself, for what looks like one kind can be a part of a secret that another kind wraps.
 */
function layersOf(text: string): string[] {
  const layers = new Set([text]);
  for (let round = 0, outer = [text]; round < ROUNDS && outer.length > 0; round++) {
    const inner = outer.flatMap((layer) => UNESCAPE.map((unescape) => unescape(layer)));
    outer = [...new Set(inner)].filter((layer) => !layers.has(layer));
    for (const layer of outer) layers.add(layer);
  }
  return [...layers].flatMap((layer) => [layer, layer.replace(/[\s\p{C}]+/gu, '')]);
}

/** Nothing for a number that is no character. */
const characterOf = (digits: string, base = 16): string => {
  const point = Number.parseInt(digits, base);
  return point <= 0x10ffff ? String.fromCodePoint(point) : '';
};

const CONTROLS: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };
const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  sol: '/',
  bsol: '\\',
  plus: '+',
  equals: '=',
};

const UNESCAPE: readonly ((text: string) => string)[] = [
  // JSON, and the strings of most languages
  (text) =>
    text.replace(
      /\\(?:u([\da-f]{4})|u\{([\da-f]+)\}|x([\da-f]{2})|(.))/gis,
      (_all, unicode?: string, point?: string, byte?: string, other = '') => {
        const digits = unicode ?? point ?? byte;
        return digits === undefined ? (CONTROLS[other] ?? other) : characterOf(digits);
      },
    ),
  // URLs, and what `escape` of JavaScript makes
  (text) =>
    text.replace(/%(?:u([\da-f]{4})|([\da-f]{2}))/gi, (_all, unicode?: string, byte = '') =>
      characterOf(unicode ?? byte),
    ),
  // HTML and XML: any number of noughts in front, and browsers need no semicolon
  (text) =>
    text.replace(
      /&(?:#x([\da-f]+);?|#(\d+);?|(amp|lt|gt|quot|apos|sol|bsol|plus|equals);)/gi,
      (_all, hex?: string, decimal?: string, name = '') =>
        hex !== undefined
          ? characterOf(hex)
          : decimal !== undefined
            ? characterOf(decimal, 10)
            : (ENTITIES[name.toLowerCase()] ?? ''),
    ),
];
