import { BadCheck } from '../common/errors.js';

const NAMES_ONE = /^\/api\/orgs\/([^/]+)/;
/** The same, for readings by whoever takes no notice of case. */
const NAMES_ONE_LOOSELY = /^\/api\/orgs\/([^/]+)/i;
/** A path that everybody reads alike but for case: nothing in it is encoded, empty, a parameter or a dot segment. */
const PLAIN = /^(?:\/[\w~-][\w~.-]*)*\/?$/;

/**
 * The organization that a path names, as it stands there; `undefined`: none. A gateway hands on the path as the client spelled
 * it, and what stands behind may read it in another way: decode it, merge slashes, follow dots, take backslashes for slashes
 * and cases for the same. When any of these readings names another organization than the path as sent, or only one of them
 * names one, nobody can tell what is asked for. Errors: BadCheck.
 */
export function namedOrganization(target: string): string | undefined {
  if (!target.startsWith('/') || target.includes('#'))
    throw new BadCheck('The original path can not be read.');
  const [path = ''] = target.split('?', 1);
  const named = NAMES_ONE.exec(path)?.[1];
  for (const reading of PLAIN.test(path) ? [path] : readingsOf(path)) {
    if (NAMES_ONE_LOOSELY.exec(reading)?.[1] !== named) throw new BadCheck('The original path is ambiguous.');
  }
  return named;
}

/** Every way of decoding, with and without each thing that servers fold, with slashes merged, dots followed, or both. */
function readingsOf(path: string): Iterable<string> {
  const once = decoded(path);
  const readings = new Set([path, decodedDots(path), decodedButSlashes(path), once, decoded(once)]);
  for (const fold of [slashesOf, withoutControls, withoutParameters, merged, withoutDots]) {
    for (const reading of [...readings]) readings.add(fold(reading));
  }
  return readings;
}

/** Byte by byte: what is asked is only ever ASCII. */
function decoded(path: string): string {
  return path.replace(/%([0-9a-f]{2})/gi, (_all, hex: string) => String.fromCharCode(parseInt(hex, 16)));
}

/** WHATWG URL, as browsers have it: an encoded dot is a dot, and everything else stays as it was sent. */
function decodedDots(path: string): string {
  return path.replace(/%2e/gi, '.');
}

function decodedButSlashes(path: string): string {
  return path
    .split(/(%2f)/i)
    .map((part) => (/^%2f$/i.test(part) ? part : decoded(part)))
    .join('');
}

function slashesOf(path: string): string {
  return path.replaceAll('\\', '/');
}

function withoutControls(path: string): string {
  return path.replace(/\p{Cc}/gu, '');
}

/** A segment ends where its parameters begin. */
function withoutParameters(path: string): string {
  return path.replace(/;[^/]*/g, '');
}

function merged(path: string): string {
  return path.replace(/\/{2,}/g, '/');
}

/** RFC 3986 §5.2.4. */
function withoutDots(path: string): string {
  const kept: string[] = [];
  for (const segment of path.split('/').slice(1)) {
    if (segment === '..') kept.pop();
    else if (segment !== '.') kept.push(segment);
  }
  return `/${kept.join('/')}`;
}
