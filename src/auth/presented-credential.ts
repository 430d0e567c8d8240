import type { IncomingHttpHeaders } from 'node:http';
import type { Origin } from '../access/principal.js';
import { sentValues } from '../common/raw-headers.js';
import { cookieOf, SESSION_COOKIE } from './own-cookies.js';

/** The one credential that a request presents, by its form alone; nothing is verified yet. */
export type Presented =
  | { readonly scheme: 'access_key' | 'jwt' | 'session'; readonly value: string }
  | { readonly scheme: 'none' }
  /** Two `Authorization` headers or two session cookies: whoever sent them doesn't know which one counts, nor do we. */
  | { readonly scheme: 'ambiguous'; readonly of: 'header' | 'cookie' };

/** What is asked of a request's credential besides who it is of. */
export interface Asked {
  /** What the request does: a session's must prove where it comes from, unless it reads. */
  readonly method: string;
  /** The organization whose membership is wanted. */
  readonly organizationId: number | undefined;
  /** The client's address, where it isn't the request's own; `null`: nobody told it. */
  readonly address?: string | null;
  /** A key may also come as `Basic prefix:secret`. */
  readonly basic?: boolean;
  /** `false`: a session cookie is not looked at. */
  readonly cookies?: boolean;
}

/** All that a strategy judges: one credential, parsed once, and where it came from. */
export interface Attempt extends Asked {
  /** It is asked about, by somebody else: it isn't used, and needn't prove where it comes from. */
  readonly inspected?: true;
  readonly value: string;
  /** Where it is judged to come from; `null`: not known, and so in no network. */
  readonly address: string | null;
  readonly origin: Origin;
  readonly headers: IncomingHttpHeaders;
}

/** As far as Node's request is looked at. */
interface SentHeaders {
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
}

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
export function presentedCredential(
  { headers, rawHeaders }: SentHeaders,
  { basic = false, cookies = true }: Pick<Asked, 'basic' | 'cookies'> = {},
): Presented {
  if (headers.authorization !== undefined) {
    if (sentValues(rawHeaders, 'authorization').length > 1) return { scheme: 'ambiguous', of: 'header' };
    return (basic ? ofBasic(headers.authorization) : undefined) ?? ofHeader(headers.authorization);
  }
  if (!cookies) return NONE;
  const session = cookieOf(headers, SESSION_COOKIE);
  if (session === 'ambiguous') return { scheme: 'ambiguous', of: 'cookie' };
  return session === undefined ? NONE : { scheme: 'session', value: session.value };
}

function ofHeader(header: string): Presented {
  const space = header.indexOf(' ');
  const word = (space === -1 ? header : header.slice(0, space)).toLowerCase();
  const scheme = Object.hasOwn(SCHEME_WORDS, word) ? SCHEME_WORDS[word] : undefined;
  return scheme ? { scheme, value: space === -1 ? '' : header.slice(space + 1) } : NONE;
}

/** `Basic <base64 of prefix:secret>` (RFC 6749 §2.3.1) as the key that it is. */
function ofBasic(header: string): Presented | undefined {
  const pair = /^basic ([\w+/-]+=*)$/i.exec(header)?.[1];
  if (pair === undefined) return undefined;
  return { scheme: 'access_key', value: Buffer.from(pair, 'base64').toString('latin1').replace(':', '.') };
}
