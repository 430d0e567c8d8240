import { gzipSync } from 'node:zlib';
import { callingMember } from '../support/callers.js';
import { type ProviderApp, ProviderTenant, startProviderApp } from '../support/provider-app.js';
import { TEST_ORIGIN } from '../support/app.js';

let app: ProviderApp;
let tenant: ProviderTenant;
beforeAll(async () => {
  app = await startProviderApp();
});
afterAll(() => app.close());
beforeEach(async () => {
  app.fakes.reset();
  tenant = await ProviderTenant.make(app);
});
afterEach(() => app.settled());

const listPath = (): string => `/api/orgs/${tenant.org.id}/providers/`;

describe('the list of providers', () => {
  it('names the seven with their labels, in the list envelope, and which of them calls can be made to', async () => {
    await tenant.store('O');
    const retired = await tenant.store('A');
    await tenant.owner.api.patch(`${tenant.keys}${retired.id}/`, { enabled: false });
    const { status, body } = await tenant.owner.api.get(listPath());
    expect(status).toBe(200);
    expect(body).toMatchObject({ count: 7, next: null, previous: null });
    const shown = body.results.map(({ key_type, label, enabled }: Record<string, unknown>) => [
      key_type,
      label,
      enabled,
    ]);
    expect(shown).toEqual([
      ['H', 'Chainalysis', false],
      ['T', 'TRM', false],
      ['O', 'Open Sanctions', true],
      ['W', 'World Check', false],
      ['C', 'Castellum', false],
      ['A', 'OpenAI', false],
      ['P', 'Perplexity', false],
    ]);
    expect(Object.keys(body.results[0])).toEqual(['key_type', 'label', 'enabled', 'calls']);
  });

  it('tells the calls of each, and of the preferred key’s product', async () => {
    const callsOf = async (type: string): Promise<unknown[]> => {
      const { body } = await tenant.owner.api.get(listPath());
      return body.results.find(({ key_type }: Record<string, unknown>) => key_type === type).calls;
    };
    expect(await callsOf('H')).toEqual([{ method: 'GET', path: '/api/v1/address/{address}' }]);
    expect(await callsOf('A')).toContainEqual({ method: 'POST', path: '/v1/chat/completions' });
    await tenant.store('H', { settings: { product: 'address_screening' } });
    expect(await callsOf('H')).toEqual([
      { method: 'POST', path: '/api/risk/v2/entities' },
      { method: 'GET', path: '/api/risk/v2/entities/{address}' },
    ]);
  });

  it('is what may be called: every listed call reaches the provider', async () => {
    const types = ['H', 'T', 'O', 'W', 'C', 'A', 'P'] as const;
    for (const type of types) await tenant.store(type);
    const { body } = await tenant.owner.api.get(listPath());
    const listed = body.results as { key_type: 'H'; calls: { method: string; path: string }[] }[];
    expect(listed.map(({ key_type }) => key_type)).toEqual(types);
    for (const { key_type, calls } of listed) {
      expect(calls.length).toBeGreaterThan(0);
      for (const { method, path } of calls) {
        const target = path.replaceAll(/\{\w+\}/g, 'x');
        const input = method === 'GET' ? undefined : { address: 'x' };
        const answer = await tenant.owner.api.send(method, tenant.path(key_type, target), input);
        expect([method, target, answer.body?.code]).not.toContain('call_not_allowed');
        expect(app.fakes.byType[key_type].received.at(-1)).toMatchObject({ method, url: target });
      }
    }
  });

  it('pages, shows nothing of another organization, and wants provider_key.view', async () => {
    const stranger = await ProviderTenant.make(app);
    await stranger.store('T');
    const { body } = await tenant.owner.api.get(`${listPath()}?page=2&page_size=3`);
    expect(body.results.map(({ key_type }: { key_type: string }) => key_type)).toEqual(['W', 'C', 'A']);
    expect(body.next).toBe(`${TEST_ORIGIN}${listPath()}?page=3&page_size=3`);
    const all = (await tenant.owner.api.get(listPath())).body.results as { enabled: boolean }[];
    expect(all.map(({ enabled }) => enabled)).toEqual(Array(7).fill(false));
    const id = await app.test.make.role(tenant.org, ['provider_key.use']);
    const { api } = await callingMember(app.test, tenant.org, id);
    expect(await api.get(listPath())).toMatchObject({ status: 403, body: { code: 'permission_denied' } });
    expect((await stranger.owner.api.get(listPath())).status).toBe(404);
    expect((await app.test.api.get(listPath())).status).toBe(401);
  });
});

describe('a call off the list', () => {
  it.each([
    ['GET', 'A', '/v1/organization/admin_api_keys'],
    ['DELETE', 'A', '/v1/models/m'],
    ['PATCH', 'A', '/v1/models/m'],
    ['PUT', 'A', '/v1/models'],
    ['POST', 'A', '/v1/models'],
    ['GET', 'A', '/v1/models/a%2fb'],
    ['GET', 'X', '/v1/models'],
  ])('%s %s %s: 404 call_not_allowed, and where the list is', async (method, type, target) => {
    await tenant.store('A');
    const answer = await tenant.owner.api.send(method, tenant.path(type as 'A', target));
    expect(answer.status).toBe(404);
    expect(answer.body).toEqual({
      detail: expect.any(String),
      code: 'call_not_allowed',
      calls_url: `${TEST_ORIGIN}${listPath()}`,
    });
    expect(app.fakes.A.received).toEqual([]);
  });

  it('tells nothing to whoever may not call, and a read-only key that it can not write', async () => {
    await tenant.store('A');
    const path = tenant.path('A', '/v1/files');
    const { api } = await callingMember(app.test, tenant.org, 'Viewer');
    expect(await api.get(path)).toMatchObject({ status: 403, body: { code: 'permission_denied' } });
    const stranger = await ProviderTenant.make(app);
    expect((await stranger.owner.api.get(path)).body).toEqual({ detail: 'Not found.', code: 'not_found' });
    const { key } = await app.test.make.accessKey(tenant.owner, { level: 'read_only' });
    expect(await app.test.api.as({ key }).delete(path)).toMatchObject({
      status: 403,
      body: { code: 'read_only_key' },
    });
  });
});

describe('a coded body', () => {
  it.each(['gzip', 'deflate', 'br', 'x-unknown', 'identity, gzip'])(
    'in %s is 415, and nothing is sent',
    async (coding) => {
      await tenant.store('A');
      const api = tenant.owner.api.with({ 'content-encoding': coding, 'content-type': 'application/json' });
      const answer = await api.post(tenant.path('A', '/v1/embeddings'), gzipSync('{}').toString('latin1'));
      expect(answer).toMatchObject({ status: 415, body: { code: 'unsupported_media_type' } });
      expect(app.fakes.A.received).toEqual([]);
    },
  );

  it('in identity, which is none, is sent', async () => {
    await tenant.store('A');
    const api = tenant.owner.api.with({ 'content-encoding': 'identity', 'content-type': 'application/json' });
    expect((await api.post(tenant.path('A', '/v1/embeddings'), '{}')).status).toBe(200);
    expect(app.fakes.A.received[0]?.headers).not.toHaveProperty('content-encoding');
  });
});

describe('what comes back', () => {
  it('is never an error that repeats the stored key: our own words instead, and the call is counted', async () => {
    const { id, key } = await tenant.store('A');
    const body = gzipSync(JSON.stringify({ error: { message: `Incorrect API key provided: ${key}` } }));
    app.fakes.A.answerNext({ status: 400, headers: { 'content-encoding': 'gzip' }, body });
    const answer = await tenant.owner.api.get(tenant.path('A', '/v1/models'));
    expect(answer).toMatchObject({ status: 502, body: { code: 'provider_bad_answer' } });
    expect(JSON.stringify(answer.body)).not.toContain(key);
    await app.settled();
    expect(await tenant.shown(id)).toMatchObject({ usage_count: 1 });
    expect(app.test.logs()).not.toContain(key);
  });

  it('is plain, though the provider compresses unasked', async () => {
    await tenant.store('A');
    const body = gzipSync(JSON.stringify({ data: ['compressed'] }));
    app.fakes.A.answerNext({ status: 200, headers: { 'content-encoding': 'gzip' }, body });
    const answer = await tenant.owner.api.get(tenant.path('A', '/v1/models'));
    expect(answer).toMatchObject({ status: 200, body: { data: ['compressed'] } });
    expect(answer.headers.get('content-encoding')).toBeNull();
  });

  it('tells a used-up quota by its compressed error, at once, and how long a throttled key waits in whole seconds', async () => {
    await tenant.store('A');
    const quota = gzipSync(JSON.stringify({ error: { message: 'No.', code: 'insufficient_quota' } }));
    app.fakes.A.answerNext({ status: 429, headers: { 'content-encoding': 'gzip' }, body: quota });
    const used = await tenant.owner.api.get(tenant.path('A', '/v1/models'));
    expect(used).toMatchObject({ status: 429, body: { code: 'provider_quota' } });
    app.fakes.A.answerNext({ status: 429, headers: { 'retry-after': '120.5' }, body: {} });
    const throttled = await tenant.owner.api.get(tenant.path('A', '/v1/models'));
    expect(throttled).toMatchObject({ status: 429, body: { code: 'provider_throttled' } });
    expect(throttled.headers.get('retry-after')).toBe('121');
    expect(app.fakes.A.received).toHaveLength(2);
  });
});
