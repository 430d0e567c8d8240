import type { Adapter } from './adapter.js';
import { classifyByStatus } from './classify.js';

/**
 * TRM Labs. Confirmed by the vendor (its OpenAPI document of the sanctions API): HTTP Basic with the one key as both
 * user name and password, `POST /public/v1/sanctions/screening`, 401 "Your API key is wrong", 429 with `Retry-After`.
 *
 * Not confirmed: that the v2 products take the same Basic form (public clients do so), their paths, and, for the check,
 * that a wrong key is refused at the sanctions endpoint, which also answers, more slowly, with no key at all.
 */
const ADAPTER: Adapter = {
  keyType: 'T',
  origin: 'https://api.trmlabs.com',
  allowed: [
    {
      method: 'POST',
      path: '/public/v1/sanctions/screening',
      reason: 'Are these addresses sanctioned?',
      repeatable: true,
    },
    { method: 'POST', path: '/public/v2/screening/addresses', reason: 'The risk of addresses.' },
    {
      method: 'POST',
      path: '/public/v2/screening/transactions',
      reason: 'The risk of a transfer before it is sent.',
    },
    { method: 'POST', path: '/public/v2/tm/transfers', reason: 'Submits a transfer for monitoring.' },
    { method: 'GET', path: '/public/v2/tm/transfers/{id}', reason: 'The state of a monitored transfer.' },
    { method: 'GET', path: '/public/v2/tm/alerts', reason: 'The alerts of monitored transfers.' },
    { method: 'GET', path: '/public/v2/tm/alerts/{id}', reason: 'One alert.' },
  ],
  check: {
    method: 'POST',
    target: '/public/v1/sanctions/screening',
    json: [{ address: '1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa' }],
  },
  authenticate: (_request, secret) => {
    const key = secret.reveal();
    return { authorization: `Basic ${Buffer.from(`${key}:${key}`).toString('base64')}` };
  },
  classify: classifyByStatus,
};

export const trm = (): Adapter => ADAPTER;
