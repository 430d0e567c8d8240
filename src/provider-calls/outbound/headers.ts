import type { IncomingHttpHeaders } from 'node:http';
import type { Adapter } from '../adapters/adapter.js';
import { retryAfterOf } from '../adapters/retry-after.js';
import { ProviderCallError } from './provider-call-error.js';
import type { SecretForms } from './secret-echo.js';

/** What every request says of itself: fixed and honest, since edges in front of providers judge by it. */
const USER_AGENT = 'CryptoComply-Auth/1.0';

const FROM_CALLER = ['accept', 'content-type'];
const TO_CALLER = [
  'content-type',
  'content-length',
  'retry-after-ms',
  'x-should-retry',
  ...['limit', 'remaining', 'reset'].flatMap((what) =>
    ['requests', 'tokens'].map((unit) => `x-ratelimit-${what}-${unit}`),
  ),
];

const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i;
const EVENT_STREAM = /^text\/event-stream\s*(?:;|$)/i;
/** JSON is UTF-8, whatever is said of it (RFC 8259 §8.1); ASCII is a part of that. */
const OTHER_CHARSET = /;\s*charset\s*=(?!\s*"?(?:utf-?8|us-ascii)"?\s*(?:;|$))/i;
const VISIBLE = /^[\x20-\x7e]*$/;

/**
 * The headers that go out besides the credentials: an allow-list, so that the caller's own `Authorization`, cookies and
 * forwarding headers never do. Throws `unsupported_media_type` if there is a body that is not JSON.
 */
export function outgoingHeaders(
  caller: Readonly<IncomingHttpHeaders>,
  adapter: Adapter,
  hasBody: boolean,
): Record<string, string> {
  const headers: Record<string, string> = {
    'user-agent': USER_AGENT,
    'accept-encoding': 'identity', // who compresses all the same is understood too: content-coding.ts
    accept: 'application/json',
  };
  for (const name of [...FROM_CALLER, ...(adapter.callerHeaders ?? [])]) {
    const value = caller[name];
    if (typeof value === 'string' && VISIBLE.test(value)) headers[name] = value;
  }
  if (!hasBody) delete headers['content-type'];
  else if (!JSON_TYPE.test(headers['content-type'] ?? ''))
    throw new ProviderCallError('unsupported_media_type');
  return headers;
}

/**
 * The headers of an answer that our caller gets: an allow-list; never `Set-Cookie`, nor one that repeats a secret. The type of
 * a body is always told, without what it can't be told with.
 * `Retry-After` is in whole seconds, as everywhere in this service, or left out where the provider's makes no sense.
 */
export function answerHeaders(
  received: Readonly<Record<string, string>>,
  adapter: Adapter,
  receivedAtMs: number,
  secrets: SecretForms,
): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const name of [...TO_CALLER, ...(adapter.answerHeaders ?? [])]) {
    const value = received[name];
    if (value !== undefined && VISIBLE.test(value) && !secrets.isIn(value)) headers[name] = value;
  }
  const type = received['content-type'];
  if (type !== undefined) headers['content-type'] ??= bareType(type);
  const seconds = retryAfterOf(received, receivedAtMs);
  return { ...headers, ...(seconds !== undefined && { 'retry-after': String(seconds) }) };
}

/** The type alone, where what is said besides can't be passed on: a body always has one. */
function bareType(type: string): string {
  if (EVENT_STREAM.test(type)) return 'text/event-stream';
  return JSON_TYPE.test(type) ? 'application/json' : 'application/octet-stream';
}

/** Headers with one text each; repeated ones are joined as RFC 9110 §5.3 allows. */
export function flatHeaders(received: Readonly<IncomingHttpHeaders>): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(received)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return headers;
}

/** Is this a body that passes: JSON, an event stream, or nothing at all; readable, and in UTF-8 as far as is told? */
export function isPassableBody(status: number, headers: Readonly<Record<string, string>>): boolean {
  if (headers['content-encoding'] !== undefined) return false;
  const type = headers['content-type'];
  if (type === undefined) return status === 204 || headers['content-length'] === '0';
  if (OTHER_CHARSET.test(type)) return false;
  return JSON_TYPE.test(type) || EVENT_STREAM.test(type);
}

/** What is short is read whole, and passed on at once: a stream costs more than what it carries. In bytes. */
const SHORT = 64 * 1024;

/** Is this a short body, of a request or an answer, of which nobody can use a part? Its length must be told. */
export function isShort(headers: Readonly<IncomingHttpHeaders>): boolean {
  return Number(headers['content-length']) <= SHORT && !EVENT_STREAM.test(headers['content-type'] ?? '');
}

/** Credentials that would break out of their header are refused before any HTTP client sees, and quotes, them. */
export function assertSendable(headers: Readonly<Record<string, string>>): void {
  if (!Object.values(headers).every((value) => VISIBLE.test(value)))
    throw new ProviderCallError('bad_header');
}
