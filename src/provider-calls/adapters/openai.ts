import type { ProviderSettings } from '../../provider-keys/provider-settings.js';
import type { Adapter, Classification, ReceivedAnswer } from './adapter.js';
import { classifyByStatus, isHtml, jsonOf, textOf, waitOf } from './classify.js';

const ALLOWED: Adapter['allowed'] = [
  { method: 'POST', path: '/v1/chat/completions', reason: 'Completes a chat; streams on request.' },
  { method: 'POST', path: '/v1/responses', reason: 'Creates a model response; streams on request.' },
  { method: 'GET', path: '/v1/responses/{id}', reason: 'Reads a background response.' },
  { method: 'POST', path: '/v1/completions', reason: 'Completes a text.' },
  { method: 'POST', path: '/v1/embeddings', reason: 'Computes embeddings.' },
  { method: 'POST', path: '/v1/moderations', reason: 'Classifies a text.' },
  { method: 'GET', path: '/v1/models', reason: 'Which models there are; the check call.' },
  { method: 'GET', path: '/v1/models/{model}', reason: 'One model.' },
];

/**
 * OpenAI. Confirmed by the vendor: Bearer, `OpenAI-Organization`, `OpenAI-Project`, `GET /v1/models` (free), the two
 * kinds of 429. Seen in public bug reports: 401 "Missing scopes" for a living key without a right, so the text of a 401
 * decides. Files, fine-tuning and the administration API are not in the list.
 */
export function openai({ organization, project }: ProviderSettings): Adapter {
  return {
    keyType: 'A',
    origin: 'https://api.openai.com',
    allowed: ALLOWED,
    check: { method: 'GET', target: '/v1/models' },
    callerHeaders: ['idempotency-key', 'openai-beta'],
    answerHeaders: ['openai-processing-ms', 'openai-version'],
    authenticate: (_request, secret) => ({
      authorization: `Bearer ${secret.reveal()}`,
      ...(organization && { 'openai-organization': organization }),
      ...(project && { 'openai-project': project }),
    }),
    classify,
  };
}

function classify(answer: ReceivedAnswer): Classification {
  const error = jsonOf(answer)['error'];
  const code = textOf(error, 'code');
  const message = textOf(error, 'message');
  if (isHtml(answer)) return classifyByStatus(answer);
  switch (answer.status) {
    case 401:
      if (code === 'invalid_api_key' || /Incorrect API key|Invalid Authentication/i.test(message)) {
        return { outcome: 'bad_key' };
      }
      return /Missing scopes|insufficient permissions|not authorized|member of an organization/i.test(message)
        ? { outcome: 'restricted' }
        : { outcome: 'unknown' };
    case 403:
      return /country|region|territory/i.test(code + message)
        ? { outcome: 'provider_down', hint: 'region' }
        : { outcome: 'restricted' };
    case 429:
      return /^(?:insufficient_quota|credit_balance_exhausted)$/.test(code) || /current quota/i.test(message)
        ? { outcome: 'quota', hint: 'no_credit' }
        : { outcome: 'rate_limited', ...waitOf(answer) };
    default:
      return classifyByStatus(answer);
  }
}
