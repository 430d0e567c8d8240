import type { KeyType } from '../../src/access/key-types.js';
import type { ProviderSettings } from '../../src/provider-keys/provider-settings.js';
import { adapterFor } from '../../src/provider-calls/adapters/adapters.js';
import type { Classification, ReceivedAnswer } from '../../src/provider-calls/adapters/adapter.js';
import { passedText, ProviderBench } from '../support/provider-calls.js';

const NOW = Date.parse('2026-11-24T00:00:00Z');
const HTML = { 'content-type': 'text/html' };

type Row = [string, KeyType, ProviderSettings, Partial<ReceivedAnswer> & { json?: unknown }, Classification];

const ROWS: Row[] = [
  [
    'a wrong sanctions key',
    'H',
    {},
    { status: 401, json: { message: 'Invalid API Key' } },
    { outcome: 'bad_key' },
  ],
  [
    'a web page from the edge',
    'H',
    {},
    { status: 403, headers: HTML },
    { outcome: 'unknown', hint: 'edge_block' },
  ],
  [
    'a wrong screening key',
    'H',
    { product: 'address_screening' },
    { status: 403, json: { message: 'Invalid token' } },
    { outcome: 'bad_key' },
  ],
  [
    'another 403 of screening',
    'H',
    { product: 'address_screening' },
    { status: 403, json: { message: 'No' } },
    { outcome: 'restricted' },
  ],
  [
    'an edge page before screening',
    'H',
    { product: 'address_screening' },
    { status: 403, headers: HTML, body: 'Invalid token' },
    { outcome: 'unknown', hint: 'edge_block' },
  ],
  [
    'a 403 of KYT, bad or not entitled',
    'H',
    { product: 'kyt' },
    { status: 403, json: { error: 'Forbidden' } },
    { outcome: 'restricted', hint: 'bad_or_not_entitled' },
  ],
  [
    'an edge page before KYT',
    'H',
    { product: 'kyt' },
    { status: 403, headers: HTML },
    { outcome: 'unknown', hint: 'edge_block' },
  ],
  ['a retired path', 'H', {}, { status: 410, body: 'Gone' }, { outcome: 'our_fault', hint: 'retired_path' }],
  ['a wrong key of TRM', 'T', {}, { status: 401 }, { outcome: 'bad_key' }],
  [
    'a rate limit of TRM',
    'T',
    {},
    { status: 429, headers: { 'retry-after': '7' } },
    { outcome: 'rate_limited', retryAfterSeconds: 7 },
  ],
  [
    'the used-up month of Open Sanctions',
    'O',
    {},
    { status: 429 },
    { outcome: 'quota', retryAfterSeconds: 7 * 86_400 },
  ],
  ['a missing key of Open Sanctions', 'O', {}, { status: 401 }, { outcome: 'bad_key' }],
  [
    'a wrong key of Open Sanctions as 403',
    'O',
    {},
    { status: 403, json: { detail: 'x' } },
    { outcome: 'bad_key' },
  ],
  [
    'an invalid query of Open Sanctions',
    'O',
    {},
    { status: 422, json: { detail: [{}] } },
    { outcome: 'our_fault' },
  ],
  [
    'a wrong World-Check key',
    'W',
    {},
    { status: 401, headers: { date: new Date(NOW + 59_000).toUTCString() } },
    { outcome: 'bad_key' },
  ],
  ['a World-Check 401 without a date', 'W', {}, { status: 401 }, { outcome: 'bad_key' }],
  [
    'our clock being behind',
    'W',
    {},
    { status: 401, headers: { date: new Date(NOW + 61_000).toUTCString() } },
    { outcome: 'our_fault', hint: 'clock_skew' },
  ],
  [
    'our clock being ahead',
    'W',
    {},
    { status: 401, headers: { date: new Date(NOW - 61_000).toUTCString() } },
    { outcome: 'our_fault', hint: 'clock_skew' },
  ],
  ['a rate limit of World-Check', 'W', {}, { status: 429 }, { outcome: 'rate_limited' }],
  [
    'a fresh token that On Demand refuses',
    'W',
    { product: 'on_demand' },
    { status: 401 },
    { outcome: 'restricted' },
  ],
  ['any 401 of Castellum', 'C', {}, { status: 401 }, { outcome: 'bad_key' }],
  [
    'a wrong OpenAI key by code',
    'A',
    {},
    { status: 401, json: { error: { code: 'invalid_api_key' } } },
    { outcome: 'bad_key' },
  ],
  [
    'a wrong OpenAI key by text',
    'A',
    {},
    { status: 401, json: { error: { message: 'Incorrect API key provided: sk-a' } } },
    { outcome: 'bad_key' },
  ],
  [
    'invalid authentication at OpenAI',
    'A',
    {},
    { status: 401, json: { error: { message: 'Invalid Authentication' } } },
    { outcome: 'bad_key' },
  ],
  [
    'missing scopes at OpenAI',
    'A',
    {},
    { status: 401, json: { error: { message: 'Missing scopes: model.read', code: null } } },
    { outcome: 'restricted' },
  ],
  [
    'a refused address at OpenAI',
    'A',
    {},
    { status: 401, json: { error: { message: 'IP not authorized' } } },
    { outcome: 'restricted' },
  ],
  [
    'a missing membership at OpenAI',
    'A',
    {},
    { status: 401, json: { error: { message: 'You must be a member of an organization' } } },
    { outcome: 'restricted' },
  ],
  [
    'a 401 of OpenAI that nobody has seen yet',
    'A',
    {},
    { status: 401, json: { error: { message: 'New' } } },
    { outcome: 'unknown' },
  ],
  [
    'a refused region at OpenAI',
    'A',
    {},
    { status: 403, json: { error: { code: 'unsupported_country_region_territory' } } },
    { outcome: 'provider_down', hint: 'region' },
  ],
  [
    'a rate limit of OpenAI',
    'A',
    {},
    {
      status: 429,
      headers: { 'retry-after-ms': '1200' },
      json: { error: { message: 'Rate limit reached' } },
    },
    { outcome: 'rate_limited', retryAfterSeconds: 2 },
  ],
  [
    'an empty quota at OpenAI',
    'A',
    {},
    { status: 429, json: { error: { code: 'insufficient_quota' } } },
    { outcome: 'quota', hint: 'no_credit' },
  ],
  [
    'an empty balance at OpenAI',
    'A',
    {},
    { status: 429, json: { error: { code: 'credit_balance_exhausted' } } },
    { outcome: 'quota', hint: 'no_credit' },
  ],
  [
    'an empty quota at OpenAI by text',
    'A',
    {},
    { status: 429, json: { error: { message: 'You exceeded your current quota' } } },
    { outcome: 'quota', hint: 'no_credit' },
  ],
  [
    'a wrong Perplexity key',
    'P',
    {},
    { status: 401, json: { error: { message: 'Invalid API key' } } },
    { outcome: 'bad_key' },
  ],
  [
    'no credit at Perplexity as 401',
    'P',
    {},
    { status: 401, json: { error: { message: 'no credits left' } } },
    { outcome: 'quota', hint: 'no_credit' },
  ],
  ['no credit at Perplexity as 402', 'P', {}, { status: 402 }, { outcome: 'quota', hint: 'no_credit' }],
  [
    'an edge page before Perplexity',
    'P',
    {},
    { status: 401, headers: HTML, body: 'credit' },
    { outcome: 'unknown', hint: 'edge_block' },
  ],
  ['a broken provider', 'P', {}, { status: 502, headers: HTML }, { outcome: 'provider_down' }],
  [
    'a wait given as a date',
    'T',
    {},
    { status: 503, headers: { 'retry-after': new Date(NOW + 9_000).toUTCString() } },
    { outcome: 'provider_down', retryAfterSeconds: 9 },
  ],
  [
    'a wait that is no wait',
    'T',
    {},
    { status: 429, headers: { 'retry-after': 'soon' } },
    { outcome: 'rate_limited', unknownWait: true },
  ],
  [
    'a wait in the past',
    'T',
    {},
    { status: 429, headers: { 'retry-after': new Date(NOW - 9_000).toUTCString() } },
    { outcome: 'rate_limited', retryAfterSeconds: 0 },
  ],
];

test.each(ROWS)('%s (%s %j) is read as it is meant', (_title, keyType, settings, answer, expected) => {
  const { json, ...given } = answer;
  const received: ReceivedAnswer = {
    status: 500,
    headers: json === undefined ? {} : { 'content-type': 'application/json' },
    body: json === undefined ? '' : JSON.stringify(json),
    receivedAtMs: NOW,
    ...given,
  };
  expect(adapterFor(keyType, settings).classify(received)).toEqual(expected);
});

test.each([
  '',
  '[]',
  'null',
  '1',
  '{"error": 1}',
  '{"error": []}',
  '{"error":{"code":{}}}',
  '['.repeat(60_000),
])('a hostile body is no more than a status (%#) (J7)', (body) => {
  const outcomes = (['H', 'T', 'O', 'W', 'C', 'A', 'P'] as const).map((keyType) => {
    const answer = { status: 401, headers: { 'content-type': 'application/json' }, body, receivedAtMs: NOW };
    return [keyType, adapterFor(keyType, {}).classify(answer).outcome];
  });
  // OpenAI says 401 for other things as well, and tells them apart in the body: from such a one nothing can be told.
  expect(Object.fromEntries(outcomes)).toEqual({
    ...Object.fromEntries(['H', 'T', 'O', 'W', 'C', 'P'].map((keyType) => [keyType, 'bad_key'])),
    A: 'unknown',
  });
});

describe('through the wire', () => {
  const bench = new ProviderBench();
  beforeAll(() => bench.start());
  afterAll(() => bench.stop());

  const scripted: [KeyType, string, string][] = [
    ['H', 'html_forbidden', 'unknown'],
    ['O', 'quota', 'quota'],
    ['O', 'wrong_key_403', 'bad_key'],
    ['A', 'missing_scopes', 'restricted'],
    ['A', 'ip_not_authorized', 'restricted'],
    ['A', 'not_a_member', 'restricted'],
    ['A', 'region', 'provider_down'],
    ['A', 'quota', 'quota'],
    ['A', 'credit', 'quota'],
    ['P', 'no_credit_401', 'quota'],
    ['P', 'no_credit_402', 'quota'],
    ['P', 'html_unauthorized', 'unknown'],
    ['A', 'hostile_json', 'unknown'],
  ];
  test.each(scripted)(
    '%s answering %s is %s, told in our words, after one request',
    async (keyType, fault, outcome) => {
      bench.fakes.reset();
      bench.fakes.byType[keyType].next(fault);
      const answer = await bench.send(keyType);
      expect(answer).toMatchObject({ passed: false, outcome, reason: 'status' });
      expect(bench.fakes.byType[keyType].received).toHaveLength(1);
      expect(JSON.stringify(answer)).not.toMatch(/Incorrect|scopes|credits|html/i);
    },
  );

  test.each([
    ['bad_request', 400],
    ['not_found', 404],
    ['conflict', 409],
    ['unprocessable', 422],
  ])('%s of the provider passes with its body', async (fault, status) => {
    bench.fakes.A.next(fault);
    const answer = await bench.send('A');
    expect(answer).toMatchObject({ passed: true, outcome: 'our_fault', status });
    await expect(passedText(answer)).resolves.toContain('message');
  });
});
