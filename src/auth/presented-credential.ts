import type { FastifyRequest } from 'fastify';

/** The one credential that a request presents, by its form alone; nothing is verified yet. */
export type Presented =
  | { readonly scheme: 'access_key' | 'jwt' | 'session'; readonly value: string }
  | { readonly scheme: 'none' }
  /** Two `Authorization` headers: whoever sent them doesn't know which one counts, and neither do we. */
  | { readonly scheme: 'ambiguous' };

export const SESSION_COOKIE = 'sessionid';
/** What a session id of ours looks like; anything else was never made here. */
export const SESSION_ID = /^[A-Za-z0-9]{43}$/;

const NONE: Presented = { scheme: 'none' };
const SCHEME_WORDS: Readonly<Record<string, 'access_key' | 'jwt'>> = {
  'api-key': 'access_key',
  bearer: 'jwt',
};

/**
 * Which credential a request presents (contract §2). The scheme word is case-insensitive (RFC 9110 §11.1), what
 * follows its one space is the credential, never trimmed. An unknown scheme counts as no credential. With an
 * `Authorization` header present the cookie is not looked at.
 */
export function presentedCredential(request: FastifyRequest): Presented {
  const header = request.headers.authorization;
  if (header !== undefined)
    return repeated(request.raw.rawHeaders) ? { scheme: 'ambiguous' } : ofHeader(header);
  const session = request.cookies[SESSION_COOKIE];
  return session === undefined ? NONE : { scheme: 'session', value: session };
}

function ofHeader(header: string): Presented {
  const space = header.indexOf(' ');
  const word = (space === -1 ? header : header.slice(0, space)).toLowerCase();
  const scheme = Object.hasOwn(SCHEME_WORDS, word) ? SCHEME_WORDS[word] : undefined;
  return scheme ? { scheme, value: space === -1 ? '' : header.slice(space + 1) } : NONE;
}

/** Node keeps the first of several `Authorization` headers and drops the rest without a word: only the raw list tells. */
function repeated(rawHeaders: readonly string[]): boolean {
  let seen = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i];
    if (name?.length === 13 && name.toLowerCase() === 'authorization') seen += 1;
  }
  return seen > 1;
}

/**
 * The session id in the cookie, if it could be one of ours, whatever else the request carries. For logging in, which
 * proves nothing by it: it only ends that session, and accepts its CSRF token.
 */
export function sessionIdOf(request: FastifyRequest): string | undefined {
  const id = request.cookies[SESSION_COOKIE];
  return id !== undefined && SESSION_ID.test(id) ? id : undefined;
}
