import type { Adapter } from './adapter.js';
import { classifyByStatus } from './classify.js';

/**
 * Castellum.AI. NO VENDOR PAGE CONFIRMS ANY OF THIS. The host, `GET /v1/search?name=` with `X-API-Key` and
 * `POST /v1/screen` with a bearer come from three public programs that do not agree on the header; its answers to a bad
 * key or an empty quota are unknown and read by status alone. We send `X-API-Key` to both paths: one header is a
 * smaller guess than two. Whether the check, a search for a fixed name, is billed is unknown too.
 */
const ADAPTER: Adapter = {
  keyType: 'C',
  origin: 'https://api.castellum.ai',
  allowed: [
    { method: 'GET', path: '/v1/search', reason: 'Searches by name.' },
    { method: 'POST', path: '/v1/search', reason: 'Searches by name and more.' },
    { method: 'POST', path: '/v1/screen', reason: 'Screens a person or company.' },
  ],
  check: { method: 'GET', target: '/v1/search?name=cryptocomply' },
  authenticate: (_request, secret) => ({ 'x-api-key': secret.reveal() }),
  classify: classifyByStatus,
};

export const castellum = (): Adapter => ADAPTER;
