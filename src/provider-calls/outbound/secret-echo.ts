import { pipeline, type Readable, Transform, type TransformCallback } from 'node:stream';
import { ProviderCallError } from './provider-call-error.js';

/** Shorter parts of a secret than this are found in any text; a secret as a whole is never that short (secret-form.ts). */
const SHORTEST_PART = 8;
/** Errors are short. What is longer is not searched and not passed on. */
const LONGEST_ERROR_BYTES = 1024 * 1024;
/** Layers of escaping that are taken off: a URL within JSON within JSON has three. */
const ROUNDS = 3;

/** A text that is never shown, in the forms in which a provider may repeat it. */
export class SecretForms {
  readonly #plain: readonly string[];
  readonly #base64: readonly string[];

  /** Of a pair, `id:secret`, each half counts too. */
  constructor(secrets: readonly string[]) {
    const halves = secrets.flatMap((secret) => [secret, ...secret.split(/:(.*)/s)]);
    const parts = [...new Set(halves)].filter((part) => part.length >= SHORTEST_PART);
    const plain = parts.flatMap((part) => [part, Buffer.from(part).toString('hex')]);
    this.#plain = plain.map((form) => form.toLowerCase());
    this.#base64 = parts.flatMap((part) => [0, 1, 2].map((offset) => base64Of(part, offset)));
  }

  /** Plain, hexadecimal, or anywhere within base64; behind escapes of JSON, URLs and HTML; broken over lines; in any case. */
  isIn(text: string): boolean {
    if (text.length < SHORTEST_PART) return false; // no form is shorter than what it stands for
    return layersOf(text).some((layer) => {
      const lower = layer.toLowerCase();
      const standard = layer.replaceAll('-', '+').replaceAll('_', '/');
      return (
        this.#plain.some((form) => lower.includes(form)) ||
        this.#base64.some((form) => standard.includes(form))
      );
    });
  }
}

/**
 * Holds an error's body back until it is whole, and lets it through if it does not repeat a secret (security J9); breaks
 * off with `secret_echoed` or `answer_too_large` before the first byte otherwise.
 */
export function withoutSecrets(body: Readable, secrets: SecretForms): Readable {
  const chunks: Buffer[] = [];
  let length = 0;
  const held = new Transform({
    transform(chunk: Buffer, _encoding, done: TransformCallback) {
      chunks.push(chunk);
      length += chunk.length;
      done(length > LONGEST_ERROR_BYTES ? new ProviderCallError('answer_too_large') : null);
    },
    flush(done: TransformCallback) {
      const whole = Buffer.concat(chunks);
      if (secrets.isIn(whole.toString('utf8'))) done(new ProviderCallError('secret_echoed'));
      else done(null, whole);
    },
  });
  held.on('error', () => undefined); // a reader who is gone has no listener
  return pipeline(body, held, () => undefined);
}

/** The characters of a base64 text that a part alone decides, when so many bytes (modulo 3) stand before it. */
function base64Of(part: string, offset: number): string {
  const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(part)]);
  const whole = bytes.toString('base64');
  return whole.slice(Math.ceil((offset * 8) / 6), Math.floor((bytes.length * 8) / 6));
}

/**
 * A text as sent, and as taking escapes off in any order shows it; each also without white space. Each kind by itself, for
 * what looks like one kind can be a part of a secret that another kind wraps.
 */
function layersOf(text: string): string[] {
  const layers = new Set([text]);
  for (let round = 0, outer = [text]; round < ROUNDS && outer.length > 0; round++) {
    const inner = outer.flatMap((layer) => UNESCAPE.map((unescape) => unescape(layer)));
    outer = [...new Set(inner)].filter((layer) => !layers.has(layer));
    for (const layer of outer) layers.add(layer);
  }
  return [...layers].flatMap((layer) => [layer, layer.replace(/\s+/g, '')]);
}

const characterOf = (hex: string): string => String.fromCharCode(Number.parseInt(hex, 16));

const CONTROLS: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

const UNESCAPE: readonly ((text: string) => string)[] = [
  // JSON, and the strings of most languages
  (text) =>
    text.replace(
      /\\(?:u([\da-f]{4})|x([\da-f]{2})|(.))/gis,
      (_all, unicode?: string, byte?: string, other = '') =>
        (unicode ?? byte) === undefined ? (CONTROLS[other] ?? other) : characterOf(unicode ?? byte ?? ''),
    ),
  // URLs
  (text) => text.replace(/%([\da-f]{2})/gi, (_all, byte: string) => characterOf(byte)),
  // HTML and XML
  (text) =>
    text.replace(
      /&(?:#x([\da-f]{1,4})|#(\d{1,5})|(amp|lt|gt|quot|apos));/gi,
      (_all, hex?: string, decimal?: string, name = '') =>
        hex !== undefined
          ? characterOf(hex)
          : decimal !== undefined
            ? String.fromCharCode(Number(decimal))
            : (ENTITIES[name.toLowerCase()] ?? ''),
    ),
];
