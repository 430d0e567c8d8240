import type { Classification, ReceivedAnswer } from './adapter.js';
import { retryAfterOf } from './retry-after.js';

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

/** Whether an answer is a web page, which is an edge's word and not the API's. */
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

/** What `Retry-After` of an answer tells, as a classification carries it. */
export function waitOf({
  headers,
  receivedAtMs,
}: ReceivedAnswer): Pick<Classification, 'retryAfterSeconds' | 'unknownWait'> {
  const retryAfterSeconds = retryAfterOf(headers, receivedAtMs);
  if (retryAfterSeconds !== undefined) return { retryAfterSeconds };
  return 'retry-after' in headers || 'retry-after-ms' in headers ? { unknownWait: true } : {};
}
