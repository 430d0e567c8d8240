import { createHmac } from 'node:crypto';
import { KEY_TYPES, type KeyType } from '../../src/access/key-types.js';
import type { ProviderSettings } from '../../src/provider-keys/provider-settings.js';
import { adapterFor } from '../../src/provider-calls/adapters/adapters.js';
import { checkKey } from '../../src/provider-calls/outbound/provider-check.js';
import { drop, json, KEYS, passedText, ProviderBench } from '../support/provider-calls.js';

const bench = new ProviderBench();
beforeAll(() => bench.start());
afterAll(() => bench.stop());
afterEach(() => bench.fakes.reset());

const PRODUCTS: [KeyType, ProviderSettings, string][] = [
  ['H', {}, 'https://public.chainalysis.com'],
  ['H', { product: 'sanctions' }, 'https://public.chainalysis.com'],
  ['H', { product: 'address_screening' }, 'https://api.chainalysis.com'],
  ['H', { product: 'kyt' }, 'https://api.chainalysis.com'],
  ['T', {}, 'https://api.trmlabs.com'],
  ['O', {}, 'https://api.opensanctions.org'],
  ['W', {}, 'https://api-worldcheck.refinitiv.com'],
  ['W', { product: 'one', group_id: 'g-1' }, 'https://api-worldcheck.refinitiv.com'],
  ['W', { product: 'on_demand' }, 'https://api.risk.lseg.com'],
  ['C', {}, 'https://api.castellum.ai'],
  ['A', { organization: 'org-1', project: 'proj_1' }, 'https://api.openai.com'],
  ['P', {}, 'https://api.perplexity.ai'],
];

describe('the table of providers', () => {
  test.each(PRODUCTS)('%s %j goes to %s, a fixed https origin (J1)', (keyType, settings, origin) => {
    const adapter = adapterFor(keyType, settings);
    expect(adapter.origin).toBe(origin);
    expect(new URL(adapter.origin).origin).toBe(origin);
    expect(adapter.keyType).toBe(keyType);
  });

  test('every allowed call gives its reason, and none deletes', () => {
    for (const [keyType, settings] of PRODUCTS) {
      expect(adapterFor(keyType, settings).allowed.length).toBeGreaterThan(0);
      for (const call of adapterFor(keyType, settings).allowed) {
        expect(call.reason).toMatch(/\.$|\?$/);
        expect(call.path).toMatch(/^\/[\w{}/.-]+$/);
        expect(['GET', 'POST', 'PUT']).toContain(call.method);
      }
    }
  });
});

describe('the check call', () => {
  test.each(PRODUCTS)('proves a good key of %s %j with one counted request', async (keyType, settings) => {
    const call = bench.call(keyType, {}, { settings });
    await expect(checkKey(bench.transport, call)).resolves.toMatchObject({ outcome: 'ok' });
    await call.hooks.settled();
    expect(call.hooks.outcomes).toEqual(['ok']);
    expect(bench.fakes.byType[keyType].received).toHaveLength(1);
  });

  test.each(PRODUCTS)('sees a bad key of %s %j', async (keyType, settings) => {
    const key =
      keyType === 'W' ? '5f1c1d0e-7a4b-4c0b-9d2e-c0ffee000000:wrong-secret' : 'bad-0123456789abcdef';
    const result = await checkKey(bench.transport, bench.call(keyType, {}, { settings, key }));
    const ambiguous = settings.product === 'kyt';
    expect(result).toMatchObject(
      ambiguous ? { outcome: 'restricted', hint: 'bad_or_not_entitled' } : { outcome: 'bad_key' },
    );
  });

  test('takes an answer that is not JSON for no proof', async () => {
    bench.fakes.A.next('invalid_json', 'wrong_content_type', 'server_error');
    const check = () => checkKey(bench.transport, bench.call('A'));
    await expect(check()).resolves.toMatchObject({ outcome: 'unknown' });
    await expect(check()).resolves.toMatchObject({ outcome: 'unknown' });
    await expect(check()).resolves.toMatchObject({ outcome: 'provider_down' });
    expect(bench.fakes.A.received).toHaveLength(3); // one try each: a check costs quota
  });
});

describe('credentials', () => {
  const sentBy = async (keyType: KeyType, settings: ProviderSettings, target: string) => {
    const answer = await bench.send(keyType, { target }, { settings });
    drop(answer);
    return bench.fakes.byType[keyType].received[0]?.headers ?? {};
  };

  test('Chainalysis takes X-API-Key or Token by product, never both', async () => {
    const sanctions = await sentBy('H', {}, '/api/v1/address/x');
    expect([sanctions['x-api-key'], sanctions['token']]).toEqual([KEYS.H, undefined]);
    bench.fakes.reset();
    const screening = await sentBy('H', { product: 'address_screening' }, '/api/risk/v2/entities/x');
    expect([screening['x-api-key'], screening['token']]).toEqual([undefined, KEYS.H]);
    bench.fakes.reset();
    const kyt = await sentBy('H', { product: 'kyt' }, '/api/kyt/v2/users');
    expect([kyt['x-api-key'], kyt['token']]).toEqual([undefined, KEYS.H]);
  });

  test('TRM takes the key as user name and password', async () => {
    const { authorization } = await sentBy('T', {}, '/public/v2/tm/alerts');
    expect(authorization).toBe(`Basic ${Buffer.from(`${KEYS.T}:${KEYS.T}`).toString('base64')}`);
  });

  test('Open Sanctions has a scheme of its own', async () => {
    expect((await sentBy('O', {}, '/catalog'))['authorization']).toBe(`ApiKey ${KEYS.O}`);
  });

  test('OpenAI gets organization and project only if they are set', async () => {
    const set = await sentBy('A', { organization: 'org-1', project: 'proj_1' }, '/v1/models');
    expect(set).toMatchObject({
      authorization: `Bearer ${KEYS.A}`,
      'openai-organization': 'org-1',
      'openai-project': 'proj_1',
    });
    bench.fakes.reset();
    const bare = await sentBy('A', {}, '/v1/models');
    expect(Object.keys(bare).filter((name) => name.startsWith('openai-'))).toEqual([]);
  });

  test.each(KEY_TYPES)('%s gets nothing of the caller but the listed headers', async (keyType) => {
    const answer = await bench.send(keyType, {
      headers: {
        authorization: 'Api-Key aaaaaaaa.ours',
        cookie: 'sessionid=ours',
        'x-api-key': 'ours',
        token: 'ours',
        'x-csrftoken': 'ours',
        'x-forwarded-for': '10.0.0.1',
        host: 'ours.example',
        'transfer-encoding': 'chunked',
        accept: 'application/json',
      },
    });
    expect(answer.outcome).toBe('ok');
    drop(answer);
    const [received] = bench.fakes.byType[keyType].received;
    expect(JSON.stringify(received)).not.toContain('ours');
    expect(received?.headers['user-agent']).toBe('CryptoComply-Auth/1.0');
    expect(received?.headers).not.toHaveProperty('x-forwarded-for');
    expect(received?.headers).not.toHaveProperty('transfer-encoding');
  });
});

describe('the signature of World-Check One', () => {
  test('is made of the lines that the vendor documents', () => {
    const call = bench.call('W', {}, { key: 'key-id:api-secret' });
    const date = 'Tue, 07 Jun 2016 20:51:35 GMT';
    const sign = (request: { method: string; contentType?: string; body?: Buffer }) =>
      call.adapter.authenticate(
        { target: '/v2/groups', host: 'api-worldcheck.refinitiv.com', ...request },
        call.secret,
        {
          nowMs: Date.parse(date),
        },
      );
    const hmac = (text: string) => createHmac('sha256', 'api-secret').update(text).digest('base64');
    const lines = (method: string) =>
      `(request-target): ${method} /v2/groups\nhost: api-worldcheck.refinitiv.com\ndate: ${date}`;
    expect(sign({ method: 'GET' })).toEqual({
      date,
      authorization: `Signature keyId="key-id",algorithm="hmac-sha256",headers="(request-target) host date",signature="${hmac(lines('get'))}"`,
    });
    const body = Buffer.from('{"name":"Élodie"}'); // 18 bytes, 17 characters
    const text = `${lines('post')}\ncontent-type: application/json\ncontent-length: 18\n{"name":"Élodie"}`;
    expect(sign({ method: 'POST', contentType: 'application/json', body })).toEqual({
      date,
      authorization: `Signature keyId="key-id",algorithm="hmac-sha256",headers="(request-target) host date content-type content-length",signature="${hmac(text)}"`,
    });
  });

  test('covers query and body in bytes, and the provider verifies it', async () => {
    const answer = await bench.send('W', {
      method: 'POST',
      target: '/v2/cases/screeningRequest',
      ...json({ name: 'Élodie قاسم 王' }),
    });
    expect(answer.outcome).toBe('ok');
    await passedText(answer);
    const queried = await bench.send('W', { target: '/v2/groups?a=%20b&c=d' });
    expect(queried.outcome).toBe('ok');
    await passedText(queried);
    expect(bench.fakes.W.received.map(({ url }) => url)).toEqual([
      '/v2/cases/screeningRequest',
      '/v2/groups?a=%20b&c=d',
    ]);
  });

  test('with a wrong clock is told apart from a bad key', async () => {
    bench.fakes.W.clockAheadMs = 120_000;
    const answer = await bench.send('W');
    bench.fakes.W.clockAheadMs = 0;
    expect(answer).toMatchObject({ passed: false, outcome: 'our_fault', hint: 'clock_skew', status: 401 });
  });
});
