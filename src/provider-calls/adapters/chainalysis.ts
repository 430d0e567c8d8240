import type { ProviderSettings } from '../../provider-keys/provider-settings.js';
import type { Adapter, Classification, ReceivedAnswer } from './adapter.js';
import { classifyByStatus, isHtml, jsonOf, textOf } from './classify.js';

/** A well-known, clean, public address (the genesis block's): checks need some address, and it tells nothing. */
const ADDRESS = '1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa';

/**
 * The free sanctions API. Confirmed by the vendor: host, `X-API-Key`, its only call. Observed: a wrong key is 401 JSON;
 * no key at all is 403 with a web page from the edge, which says nothing about a key.
 */
const SANCTIONS: Adapter = {
  keyType: 'H',
  origin: 'https://public.chainalysis.com',
  allowed: [{ method: 'GET', path: '/api/v1/address/{address}', reason: 'Is this address sanctioned?' }],
  check: { method: 'GET', target: `/api/v1/address/${ADDRESS}` },
  authenticate: (_request, secret) => ({ 'x-api-key': secret.reveal() }),
  classify: classifyByStatus,
};

/**
 * Address Screening. Confirmed by the vendor: host, `Token`, 429 at 40 requests/s. Observed: a wrong key is 403 with
 * `Invalid token`. Not confirmed: that an address nobody registered is 404 for a good key; we take it as proof of the
 * key, since a bad one never gets that far. The check is a GET: a POST would register the address and be billed.
 */
const ADDRESS_SCREENING: Adapter = {
  keyType: 'H',
  origin: 'https://api.chainalysis.com',
  allowed: [
    { method: 'POST', path: '/api/risk/v2/entities', reason: 'Registers an address for screening.' },
    { method: 'GET', path: '/api/risk/v2/entities/{address}', reason: 'The risk of a registered address.' },
  ],
  check: { method: 'GET', target: `/api/risk/v2/entities/${ADDRESS}`, provenBy: [404] },
  authenticate: (_request, secret) => ({ token: secret.reveal() }),
  classify: classifyScreening,
};

/**
 * KYT. Observed: the paths, and one 403 body for "absent", "invalid" and "not entitled". Not confirmed by the vendor:
 * the header's name `Token` (three public clients use it), and that `GET /users` answers a good key with 200.
 */
const KYT: Adapter = {
  keyType: 'H',
  origin: 'https://api.chainalysis.com',
  allowed: [
    {
      method: 'POST',
      path: '/api/kyt/v2/users/{user}/transfers',
      reason: 'Registers a transfer for screening.',
    },
    {
      method: 'POST',
      path: '/api/kyt/v2/users/{user}/withdrawal-attempts',
      reason: 'Screens before a withdrawal.',
    },
    ...['transfers', 'withdrawal-attempts'].flatMap((kind) =>
      ['', '/alerts', '/exposures', '/network-identifications'].map((part) => ({
        method: 'GET' as const,
        path: `/api/kyt/v2/${kind}/{id}${part}`,
        reason: 'What screening found.',
      })),
    ),
    {
      method: 'GET',
      path: '/api/kyt/v2/withdrawal-attempts/{id}/high-risk-addresses',
      reason: 'What screening found.',
    },
    { method: 'GET', path: '/api/kyt/v2/users', reason: 'The users under monitoring; the check call.' },
    { method: 'GET', path: '/api/kyt/v2/categories', reason: 'The meaning of category numbers.' },
    { method: 'GET', path: '/api/kyt/v1/alerts', reason: 'The alerts of a period.' },
  ],
  check: { method: 'GET', target: '/api/kyt/v2/users?size=1' },
  authenticate: (_request, secret) => ({ token: secret.reveal() }),
  classify: classifyKyt,
};

const PRODUCTS = { sanctions: SANCTIONS, address_screening: ADDRESS_SCREENING, kyt: KYT };

/** Chainalysis: three products with different hosts and headers; a key opens one of them. */
export function chainalysis({ product }: ProviderSettings): Adapter {
  return product === 'address_screening' || product === 'kyt' ? PRODUCTS[product] : PRODUCTS.sanctions;
}

function classifyScreening(answer: ReceivedAnswer): Classification {
  if (answer.status === 403 && textOf(jsonOf(answer), 'message') === 'Invalid token')
    return { outcome: 'bad_key' };
  return classifyByStatus(answer);
}

function classifyKyt(answer: ReceivedAnswer): Classification {
  if (answer.status === 403 && !isHtml(answer)) return { outcome: 'restricted', hint: 'bad_or_not_entitled' };
  return classifyByStatus(answer);
}
