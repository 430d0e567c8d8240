import { BadCheck } from '../common/errors.js';

const NAMES_ONE = /^\/api\/orgs\/([^/]+)/;
/** The same, for readings by whoever takes no notice of case. */
const NAMES_ONE_LOOSELY = /^\/api\/orgs\/([^/]+)/i;
/** A path that everybody reads alike but for case: nothing in it is encoded, empty, a parameter or a dot segment. */
const PLAIN = /^(?:\/[\w~-][\w~.-]*)*\/?$/;

/** Characters of all the readings of one path: an honest one, however long, has a few. */
const MOST_TO_READ = 32 * 1024;
/** What a server, or what stands before it, may do to a path before it looks for what is asked. */
const STEPS = [
  decodedDots,
  decodedButSlashes,
  decoded,
  slashesOf,
  upToQuery,
  withoutControls,
  withoutParameters,
  merged,
  withoutDots,
];

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

/** What becomes of a path by these steps, one after another, whichever are taken and in whatever order. Errors: BadCheck. */
function* readingsOf(path: string): Iterable<string> {
  const readings = new Set([path]);
  let left = MOST_TO_READ;
  for (const reading of readings) {
    left -= reading.length;
    if (left < 0) throw new BadCheck('The original path can be read in too many ways.');
    yield reading;
    for (const step of STEPS) readings.add(step(reading)); // and a new one is read in its turn
  }
}

/** Byte by byte: what is asked is only ever ASCII. */
function decoded(path: string): string {
  return path.replace(/%([0-9a-f]{2})/gi, byteOf);
}

function decodedButSlashes(path: string): string {
  return path.replace(/%(?!2f)([0-9a-f]{2})/gi, byteOf);
}

function byteOf(_escape: string, hex: string): string {
  return String.fromCharCode(parseInt(hex, 16));
}

/** WHATWG URL, as browsers have it: an encoded dot is a dot, and everything else stays as it was sent. */
function decodedDots(path: string): string {
  return path.replace(/%2e/gi, '.');
}

function slashesOf(path: string): string {
  return path.replaceAll('\\', '/');
}

/** Encoded, these three are part of a path; decoded, they are taken for its end. */
function upToQuery(path: string): string {
  return path.replace(/[?#\0].*$/s, '');
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
