import { ProviderCallError } from './provider-call-error.js';

/** Path and query of a request, still as they came: bytes are checked here, never rewritten. */
interface Target {
  readonly path: string;
  readonly text: string;
}

const LONGEST = 8192;
/** More layers of percent-encoding than this have no honest use. */
const DECODING_ROUNDS = 8;

/**
 * Takes `path?query` apart. Throws `bad_path` for what some server on the way could read as another path than ours:
 * dot segments in any spelling (`..`, `%2e.`, `%252e%252e`, `..;x`, full-width dots), backslashes, control characters,
 * broken percent-encoding, non-ASCII bytes, a fragment. Throws `not_allowed` for an encoded slash: the allow-list
 * counts segments, and a server that decodes first would count others.
 */
export function readTarget(text: string): Target {
  const path = text.split('?', 1)[0] ?? '';
  if (text.length > LONGEST || !/^\/[\x21-\x7e]*$/.test(text) || text.includes('#')) throw bad();
  try {
    decodeURIComponent(path);
  } catch {
    throw bad();
  }
  const slashes = countSlashes(path);
  let hiddenSlash = false;
  for (const form of formsOf(path)) {
    if ([...form].some(isControl) || form.includes('\\') || form.split('/').some(isDotSegment)) throw bad();
    hiddenSlash ||= countSlashes(form) !== slashes;
  }
  if (hiddenSlash || path.startsWith('//')) throw new ProviderCallError('not_allowed');
  return { path, text };
}

/** The path as each further round of decoding and compatibility folding (NFKC) would show it. */
function formsOf(path: string): string[] {
  const forms = [path];
  for (let round = 0; round < DECODING_ROUNDS; round++) {
    const last = forms.at(-1) ?? '';
    const next = decodeOnce(last).normalize('NFKC');
    if (next === last) return forms;
    forms.push(next);
  }
  throw bad();
}

/** Decodes what decodes and leaves the rest, as lenient servers do; bytes that are not UTF-8 become Latin-1. */
function decodeOnce(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (run) => {
    try {
      return decodeURIComponent(run);
    } catch {
      return Buffer.from(run.replaceAll('%', ''), 'hex').toString('latin1');
    }
  });
}

/** `.` and `..`, also with path parameters behind (`..;x`), which Java servers strip before they resolve dots. */
const isDotSegment = (segment: string): boolean => /^\.{1,2}(?:;|$)/.test(segment);

const isControl = (character: string): boolean => {
  const code = character.codePointAt(0) ?? 0;
  return code < 0x20 || (code >= 0x7f && code < 0xa0);
};

const countSlashes = (text: string): number => text.split('/').length - 1;

const bad = (): ProviderCallError => new ProviderCallError('bad_path');
