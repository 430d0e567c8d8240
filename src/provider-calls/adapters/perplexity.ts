import type { Adapter, Classification, ReceivedAnswer } from './adapter.js';
import { classifyByStatus, isHtml } from './classify.js';

/**
 * Perplexity. Confirmed by the vendor's OpenAPI document and client: Bearer, the `/v1` paths and `/search`, 401 and 429.
 * `/chat/completions` and `/async/chat/completions` are the older names of sonar. Not confirmed: that listing one's own
 * asynchronous jobs, the check, is free, and the status of an account without credit (401 and 402 are both reported).
 * `GET /v1/models` needs no key according to the same document, so it would prove nothing.
 */
const ADAPTER: Adapter = {
  keyType: 'P',
  origin: 'https://api.perplexity.ai',
  allowed: [
    { method: 'POST', path: '/v1/sonar', reason: 'Answers a chat; streams on request.' },
    {
      method: 'POST',
      path: '/chat/completions',
      reason: 'The older name of /v1/sonar, used by many clients.',
    },
    { method: 'POST', path: '/search', reason: 'Searches the web.' },
    { method: 'POST', path: '/v1/agent', reason: 'Runs an agent; streams on request.' },
    { method: 'POST', path: '/v1/embeddings', reason: 'Computes embeddings.' },
    { method: 'POST', path: '/v1/contextualizedembeddings', reason: 'Computes embeddings.' },
    { method: 'POST', path: '/v1/async/sonar', reason: 'Starts a job.' },
    { method: 'GET', path: '/v1/async/sonar', reason: 'Lists jobs; the check call.' },
    { method: 'GET', path: '/v1/async/sonar/{id}', reason: 'Reads a job.' },
    { method: 'POST', path: '/async/chat/completions', reason: 'The older name of /v1/async/sonar.' },
    { method: 'GET', path: '/async/chat/completions', reason: 'The older name of /v1/async/sonar.' },
    {
      method: 'GET',
      path: '/async/chat/completions/{id}',
      reason: 'The older name of /v1/async/sonar/{id}.',
    },
    { method: 'GET', path: '/v1/models', reason: 'Which models there are.' },
  ],
  check: { method: 'GET', target: '/v1/async/sonar' },
  authenticate: (_request, secret) => ({ authorization: `Bearer ${secret.reveal()}` }),
  classify,
};

export const perplexity = (): Adapter => ADAPTER;

function classify(answer: ReceivedAnswer): Classification {
  if (answer.status === 401 && !isHtml(answer) && /credit|quota|balance|billing/i.test(answer.body)) {
    return { outcome: 'quota', hint: 'no_credit' };
  }
  return classifyByStatus(answer);
}
