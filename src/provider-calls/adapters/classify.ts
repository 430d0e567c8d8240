import type { Classification, ReceivedAnswer } from './adapter.js';

/** Longest wait that we pass on, in seconds: a month. */
const LONGEST_WAIT = 31 * 86_400;

/** The reading of a status where the provider has no rule of its own. */
export function classifyByStatus(answer: ReceivedAnswer): Classification {
  const { status } = answer;
  if (status >= 200 && status < 300) return { outcome: 'ok' };
  if (status >= 500 || status === 408) return { outcome: 'provider_down', ...waitOf(answer) };
  if ([401, 402, 403, 429].includes(status) && isHtml(answer))
    return { outcome: 'unknown', hint: 'edge_block' };
  switch (status) {
    case 401:
      return { outcome: 'bad_key' };
    case 402:
      return { outcome: 'quota', hint: 'no_credit' };
    case 403:
      return { outcome: 'restricted' };
    case 410:
      return { outcome: 'our_fault', hint: 'retired_path' };
    case 429:
      return { outcome: 'rate_limited', ...waitOf(answer) };
    case 400:
    case 404:
    case 405:
    case 406:
    case 409:
    case 411:
    case 413:
    case 414:
    case 415:
    case 422:
      return { outcome: 'our_fault' };
    default:
      return { outcome: 'unknown' };
  }
}

export function isHtml({ headers }: ReceivedAnswer): boolean {
  return /^text\/html\b/i.test(headers['content-type'] ?? '');
}

/** The body as a JSON object; an empty one if it is anything else. Providers' bodies are hostile until proven otherwise. */
export function jsonOf(answer: ReceivedAnswer): Readonly<Record<string, unknown>> {
  if (isHtml(answer)) return {};
  try {
    const value: unknown = JSON.parse(answer.body);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : {};
  } catch {
    return {};
  }
}

/** A member of a JSON object as text; empty if it is not text. */
export function textOf(object: unknown, name: string): string {
  if (typeof object !== 'object' || object === null || !Object.hasOwn(object, name)) return '';
  const value = (object as Record<string, unknown>)[name];
  return typeof value === 'string' ? value : '';
}

/** `Retry-After` in both of its forms (RFC 9110 §10.2.3) and the `retry-after-ms` of OpenAI, in whole seconds. */
export function waitOf({ headers, receivedAtMs }: ReceivedAnswer): { retryAfterSeconds?: number } {
  const milliseconds = /^\d{1,12}$/.exec(headers['retry-after-ms'] ?? '')?.[0];
  const after = headers['retry-after'] ?? '';
  const seconds = milliseconds
    ? Number(milliseconds) / 1000
    : /^\d{1,9}$/.test(after)
      ? Number(after)
      : (Date.parse(after) - receivedAtMs) / 1000;
  return Number.isFinite(seconds) && after + (milliseconds ?? '') !== ''
    ? { retryAfterSeconds: Math.min(LONGEST_WAIT, Math.max(0, Math.ceil(seconds))) }
    : {};
}
