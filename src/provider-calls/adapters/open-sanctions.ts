import type { Adapter, Classification, ReceivedAnswer } from './adapter.js';
import { classifyByStatus, isHtml } from './classify.js';

/**
 * OpenSanctions. Confirmed through the vendor's documentation and its OpenAPI document: `Authorization: ApiKey …` (a
 * scheme of its own, not Bearer), the paths, 429 once the month's quota is used up, 308 for an entity that was merged
 * into another. Not confirmed: whether a wrong key is 401 or 403; the vendor's own client takes both as a bad key.
 *
 * The check costs one query: `/healthz` and `/catalog` need no key and prove nothing.
 */
const ADAPTER: Adapter = {
  keyType: 'O',
  origin: 'https://api.opensanctions.org',
  allowed: [
    { method: 'POST', path: '/match/{dataset}', reason: 'Screens people and companies.', repeatable: true },
    { method: 'GET', path: '/search/{dataset}', reason: 'Searches by name.' },
    { method: 'GET', path: '/entities/{id}', reason: 'One entity.' },
    { method: 'GET', path: '/entities/{id}/adjacent', reason: 'What is linked to an entity.' },
    { method: 'GET', path: '/entities/{id}/adjacent/{property}', reason: 'What is linked to an entity.' },
    { method: 'GET', path: '/statements', reason: 'The sources behind an entity.' },
    { method: 'GET', path: '/catalog', reason: 'Which datasets there are.' },
    { method: 'GET', path: '/algorithms', reason: 'Which matchers there are.' },
  ],
  check: { method: 'GET', target: '/search/default?q=cryptocomply&limit=1' },
  redirects: 2,
  authenticate: (_request, secret) => ({ authorization: `ApiKey ${secret.reveal()}` }),
  classify,
};

export const openSanctions = (): Adapter => ADAPTER;

function classify(answer: ReceivedAnswer): Classification {
  if (answer.status === 429)
    return { outcome: 'quota', retryAfterSeconds: untilNextMonth(answer.receivedAtMs) };
  if (answer.status === 403 && !isHtml(answer)) return { outcome: 'bad_key' };
  return classifyByStatus(answer);
}

/** Seconds until the 1st of the next month, UTC, when the quota starts anew: trying earlier is pointless. */
function untilNextMonth(nowMs: number): number {
  const now = new Date(nowMs);
  return Math.ceil((Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1) - nowMs) / 1000);
}
