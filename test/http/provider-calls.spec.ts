import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { ProviderTransport } from '../../src/provider-calls/outbound/provider-transport.js';
import { adapterFor } from '../../src/provider-calls/adapters/adapters.js';
import { OpenedSecret } from '../../src/provider-keys/opened-secret.js';
import type { KeyType } from '../../src/access/key-types.js';
import { type ProviderApp, ProviderTenant, startProviderApp } from '../support/provider-app.js';
import { hold } from '../support/hold.js';
import { Figures } from '../support/metrics.js';
import { rawRequest, sendRaw } from '../support/raw.js';
import { until } from '../support/until.js';

let app: ProviderApp;
let tenant: ProviderTenant;
beforeAll(async () => {
  app = await startProviderApp({ RATE_LIMITS: 'provider_check=6/60' });
});
afterAll(() => app.close());
beforeEach(async () => {
  app.fakes.reset();
  tenant = await ProviderTenant.make(app);
});
afterEach(() => app.settled());

const ADDRESS = '/api/v1/address/1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa';
const get = (type: KeyType, target: string, headers: Record<string, string> = {}) =>
  tenant.owner.api.with(headers).get(tenant.path(type, target));

describe('a call', () => {
  it('reaches the provider with the stored key, comes back as it is, and is counted', async () => {
    const { id, key } = await tenant.store('H');
    const answer = await get('H', ADDRESS);
    expect(answer).toMatchObject({ status: 200, body: { identifications: [] } });
    expect(answer.headers.get('cryptocomply-provider-status')).toBe('200');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(app.fakes.H.received).toMatchObject([
      { method: 'GET', url: ADDRESS, headers: { 'x-api-key': key } },
    ]);
    await app.settled();
    expect(await tenant.shown(id)).toMatchObject({ usage_count: 1, health: 'ok' });
    const days = await tenant.owner.api.get(`${tenant.keys}${id}/call-summaries/`);
    expect(days.body.results).toMatchObject([{ calls: 1, succeeded: 1, failed: 0 }]);
    expect((await tenant.shown(id)).last_used_at).toMatch(/Z$/);
  });

  it.each<[KeyType, string, string, unknown, number]>([
    ['T', 'POST', '/public/v2/screening/addresses', [{ address: 'x', chain: 'bitcoin' }], 201],
    ['O', 'GET', '/search/default?q=x', undefined, 200],
    ['W', 'POST', '/v2/cases/screeningRequest', { name: 'x' }, 200],
    ['C', 'GET', '/v1/search?name=x', undefined, 200],
    ['A', 'POST', '/v1/chat/completions', { model: 'm', messages: [] }, 200],
    ['P', 'POST', '/chat/completions', { model: 'm', messages: [] }, 200],
  ])('works for %s: %s %s', async (type, method, target, body, status) => {
    const { id } = await tenant.store(type);
    const answer = await tenant.owner.api.send(method, tenant.path(type, target), body);
    expect(answer.status).toBe(status);
    const [received] = app.fakes.byType[type].received;
    expect(received).toMatchObject({ method, url: target, body: body ? JSON.stringify(body) : '' });
    await app.settled();
    expect(await tenant.shown(id)).toMatchObject({ usage_count: 1 });
  });

  it('carries path, slash and query byte for byte', async () => {
    await tenant.store('O');
    for (const target of ['/search/default?q=%41%2b+b&&x=%2F..&q=ä'.replace('ä', '%C3%A4'), '/entities/Q%37'])
      expect(
        (await sendRaw(app.test.url, rawRequest(tenant.path('O', target), await ownHeaders()))).status,
      ).toBe(200);
    expect(app.fakes.O.received.map(({ url }) => url)).toEqual([
      '/search/default?q=%41%2b+b&&x=%2F..&q=%C3%A4',
      '/entities/Q%37',
    ]);
  });

  it('sends nothing of ours along, and nothing of theirs back: no credentials, no cookies, no forwarding headers', async () => {
    const { key } = await tenant.store('A');
    app.fakes.A.next('set_cookie');
    const answer = await get('A', '/v1/models', {
      cookie: 'sessionid=ours',
      'x-forwarded-for': '10.0.0.1',
      'x-api-key': 'ours',
      'idempotency-key': 'theirs',
    });
    const { headers } = app.fakes.A.received[0] ?? { headers: {} };
    expect(Object.keys(headers).sort()).toEqual([
      'accept',
      'accept-encoding',
      'authorization',
      'connection',
      'host',
      'idempotency-key',
      'user-agent',
    ]);
    expect(headers).toMatchObject({ authorization: `Bearer ${key}`, 'idempotency-key': 'theirs' });
    expect(answer.headers.get('set-cookie')).toBeNull();
    expect(answer.headers.get('server')).toBeNull();
    expect(answer.headers.get('x-request-id')).not.toBe('theirs');
  });

  it('streams events through as they come', async () => {
    await tenant.store('A');
    app.fakes.A.next('event_stream');
    const { key } = await app.test.make.accessKey(tenant.owner);
    const response = await fetch(app.test.url + tenant.path('A', '/v1/chat/completions'), {
      method: 'POST',
      headers: { authorization: `Api-Key ${key}`, 'content-type': 'application/json' },
      body: '{"stream":true}',
    });
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    const reads: string[] = [];
    for await (const chunk of response.body ?? []) reads.push(Buffer.from(chunk as Uint8Array).toString());
    expect(reads.join('')).toBe(
      `${[0, 1, 2, 3].map((n) => `data: {"n":${n}}\n\n`).join('')}data: [DONE]\n\n`,
    );
    expect(reads.length).toBeGreaterThan(1);
  });

  it('takes a body that no other endpoint would: megabytes, streaming', async () => {
    const { id } = await tenant.store('A');
    const body = JSON.stringify({ input: 'x'.repeat(3_000_000) });
    const answer = await tenant.owner.api.post(tenant.path('A', '/v1/embeddings'), body);
    expect(answer).toMatchObject({ status: 200, body: { echo: body.length } });
    await app.settled();
    expect(await tenant.shown(id)).toMatchObject({ usage_count: 1 });
  });

  it('413 for a body that is too large even for a provider, and nothing is sent', async () => {
    await tenant.store('W');
    const url = tenant.path('W', '/v2/cases');
    const answer = await tenant.owner.api.post(url, JSON.stringify({ name: 'x'.repeat(10_600_000) }));
    expect(answer).toMatchObject({ status: 413, body: { code: 'payload_too_large' } });
    expect(answer.headers.get('connection')).toBe('close'); // the rest of the body was not read
    expect(app.fakes.W.received).toEqual([]);
  });

  it('ends at the provider when the caller leaves, and stays counted', async () => {
    const { id } = await tenant.store('A');
    app.fakes.A.next('open_stream');
    const { key } = await app.test.make.accessKey(tenant.owner);
    const leave = new AbortController();
    const response = await fetch(app.test.url + tenant.path('A', '/v1/responses'), {
      method: 'POST',
      headers: { authorization: `Api-Key ${key}`, 'content-type': 'application/json' },
      body: '{}',
      signal: leave.signal,
    });
    await response.body?.getReader().read();
    leave.abort();
    await app.settled(); // the fake has nothing open any more
    expect(await tenant.shown(id)).toMatchObject({ usage_count: 1, health: 'unknown' });
  });
});

/** The headers of the owner for requests that are written byte by byte. */
async function ownHeaders(): Promise<string[]> {
  const { key } = await app.test.make.accessKey(tenant.owner);
  return [`Authorization: Api-Key ${key}`];
}

describe('which key', () => {
  it('is the preferred one, or the one that the header names', async () => {
    const first = await tenant.store('H');
    const second = await tenant.store('H');
    await get('H', ADDRESS);
    await get('H', ADDRESS, { 'CryptoComply-Provider-Key': String(second.id) });
    expect(app.fakes.H.received.map(({ headers }) => headers['x-api-key'])).toEqual([first.key, second.key]);
  });

  it('409 no_enabled_key when there is none, it is disabled, of another type, another organization’s, or nonsense', async () => {
    const { id } = await tenant.store('H');
    const other = await tenant.store('T');
    const stranger = await ProviderTenant.make(app);
    const theirs = await stranger.store('H');
    const refused = { status: 409, body: { code: 'no_enabled_key' } };
    expect(await get('A', '/v1/models')).toMatchObject(refused);
    for (const name of [other.id, theirs.id, 2_000_000_000, '0x1', '']) {
      expect(await get('H', ADDRESS, { 'CryptoComply-Provider-Key': String(name) })).toMatchObject(refused);
    }
    await tenant.owner.api.patch(`${tenant.keys}${id}/`, { enabled: false });
    expect(await get('H', ADDRESS)).toMatchObject(refused);
    expect(await get('H', ADDRESS, { 'CryptoComply-Provider-Key': String(id) })).toMatchObject(refused);
    expect(app.fakes.H.received).toEqual([]);
    await tenant.owner.api.patch(`${tenant.keys}${id}/`, { enabled: true });
    expect(await get('H', ADDRESS)).toMatchObject({ status: 200 });
  });

  it('a call that began before its key was disabled ends, but sends no second try (I12)', async () => {
    const { id } = await tenant.store('O');
    app.fakes.O.next('slow_headers');
    const begun = sendRaw(
      app.test.url,
      rawRequest(tenant.path('O', '/search/default?q=x'), await ownHeaders()),
    ).catch(() => undefined);
    await until(async () => {
      await app.test.database.query('SELECT');
      return app.fakes.O.received.length === 1;
    });
    await tenant.owner.api.patch(`${tenant.keys}${id}/`, { enabled: false });
    app.fakes.O.dropConnections();
    await begun;
    await app.settled();
    expect(app.fakes.O.received).toHaveLength(1);
    expect(await tenant.shown(id)).toMatchObject({ usage_count: 1 });
  });
});

describe('what may be called', () => {
  it.each<[string, string, string, string]>([
    ['an account’s administration', 'GET', 'A', '/v1/organization/admin_api_keys'],
    ['a delete', 'DELETE', 'A', '/v1/models/m'],
    ['another product’s path', 'GET', 'H', '/api/kyt/v2/users'],
    ['HEAD', 'HEAD', 'H', ADDRESS],
    ['a type that is none', 'GET', 'X', ADDRESS],
    ['nothing', 'GET', 'H', '/'],
  ])('404 for %s', async (_what, method, type, target) => {
    if (type === 'A' || type === 'H') await tenant.store(type as KeyType);
    const answer = await tenant.owner.api.send(method, tenant.path(type as KeyType, target));
    expect(answer.status).toBe(404);
    expect(Object.values(app.fakes.byType).flatMap(({ received }) => received)).toEqual([]);
  });

  it.each(['gzip', 'br', 'GZIP', 'identity, gzip', 'x'])(
    '415 for a body that is compressed (%s): it would reach the provider as something else, so nothing goes out',
    async (coding) => {
      await tenant.store('A');
      const answer = await tenant.owner.api
        .with({ 'content-encoding': coding, 'content-type': 'application/json' })
        .post(tenant.path('A', '/v1/chat/completions'), '{"model": "m"}');
      expect(answer).toMatchObject({ status: 415, body: { code: 'unsupported_media_type' } });
      expect(app.fakes.A.received).toEqual([]);
    },
  );

  it('OPTIONS tells of the path and goes to no provider; without a credential it is 401', async () => {
    await tenant.store('H');
    const path = tenant.path('H', ADDRESS);
    expect(await tenant.owner.api.send('OPTIONS', path)).toMatchObject({
      status: 200,
      body: { renders: expect.arrayContaining(['application/json']), parses: ['application/json'] },
    });
    expect((await app.test.api.send('OPTIONS', path)).status).toBe(401);
    expect(app.fakes.H.received).toEqual([]);
  });

  it.each([
    ['/api/v1/address/../../../x', 400],
    ['/api/v1/address/%2e%2e/x', 400],
    ['/api/v1/address/..%2fx', 400],
    ['/api/v1/address/a%5cb', 400],
    ['/api/v1/address/a%2fb', 404],
    ['//evil.example/api/v1/address/x', 404],
    ['/@evil.example/api/v1/address/x', 404],
    [`${ADDRESS}%`, 400],
  ])('never leads elsewhere: %s (J1)', async (target, status) => {
    await tenant.store('H');
    const answer = await sendRaw(app.test.url, rawRequest(tenant.path('H', target), await ownHeaders()));
    expect(answer.status).toBe(status);
    expect(app.fakes.H.received).toEqual([]);
  });

  it.each([
    '/api/orgs/{org}/providers/%48',
    '/api/%6frgs/{org}/providers/H',
    '/api/orgs/{org}/provider%73/H',
  ])('only the plain spelling of our own path is taken: %s', async (base) => {
    await tenant.store('H');
    const path = base.replace('{org}', String(tenant.org.id)) + ADDRESS;
    expect((await sendRaw(app.test.url, rawRequest(path, await ownHeaders()))).status).toBe(404);
    expect(app.fakes.H.received).toEqual([]);
  });

  it('415 for a body that is not JSON, and nobody else’s body handling is touched by the raw one', async () => {
    await tenant.store('A');
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const url = tenant.path('A', '/v1/embeddings');
    expect(await tenant.owner.api.with(form).post(url, 'a=b')).toMatchObject({
      status: 415,
      body: { code: 'unsupported_media_type' },
    });
    const trick = { 'content-type': 'application/x-unread-stream' };
    expect(await tenant.owner.api.with(trick).post(tenant.keys, '{}')).toMatchObject({ status: 415 });
    expect(await tenant.owner.api.with(trick).post(url, '{}')).toMatchObject({ status: 415 });
    expect((await app.test.api.get('/healthz')).status).toBe(200); // still alive
    expect(app.fakes.A.received).toEqual([]);
  });

  it('a read-only key may GET and nothing else', async () => {
    await tenant.store('A');
    const { key } = await app.test.make.accessKey(tenant.owner, { level: 'read_only' });
    const reader = app.test.api.as({ key });
    expect((await reader.get(tenant.path('A', '/v1/models'))).status).toBe(200);
    expect(await reader.post(tenant.path('A', '/v1/embeddings'), {})).toMatchObject({
      status: 403,
      body: { code: 'read_only_key' },
    });
  });

  it('without a credential a large body is refused unread', async () => {
    // Not a byte of the body is ever sent: who waited for it would never answer.
    const head = ['Content-Type: application/json', 'Content-Length: 5000000'];
    const answer = await sendRaw(app.test.url, rawRequest(tenant.path('A', '/v1/embeddings'), head, 'POST'));
    expect(answer.status).toBe(401);
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'not_authenticated' });
    expect(app.fakes.A.received).toEqual([]);
  });
});

describe('what a provider refuses', () => {
  it.each<[KeyType, string, string, number, string, string]>([
    ['A', 'missing_scopes', '/v1/models', 502, 'provider_refused', 'restricted'],
    ['H', 'html_forbidden', ADDRESS, 502, 'provider_refused', 'unknown'],
    ['A', 'quota', '/v1/models', 429, 'provider_quota', 'quota'],
    ['H', 'rate_limited_long', ADDRESS, 429, 'provider_throttled', 'rate_limited'],
    ['H', 'wrong_content_type', ADDRESS, 502, 'provider_bad_answer', 'unknown'],
    ['H', 'redirect_elsewhere', ADDRESS, 502, 'provider_bad_answer', 'unknown'],
    ['H', 'huge_body', ADDRESS, 502, 'provider_bad_answer', 'unknown'],
  ])(
    '%s %s is told in our words, and kept as health (J7)',
    async (type, fault, target, status, code, health) => {
      const { id } = await tenant.store(type);
      app.fakes.byType[type].next(fault);
      const answer = await get(type, target);
      expect(answer).toMatchObject({ status, body: { code, detail: expect.any(String) } });
      if (status === 429) expect(answer.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
      await app.settled();
      expect(await tenant.shown(id)).toMatchObject({ health, usage_count: 1 });
      const [day] = (await tenant.owner.api.get(`${tenant.keys}${id}/call-summaries/`)).body.results;
      expect(day).toMatchObject({ calls: 1, succeeded: 0, failed: 1 });
    },
  );

  it('a bad key is 502, never a 401 of ours, and nothing is disabled by it', async () => {
    const { id } = await tenant.store('H', { key: 'bad-key-of-the-customer', good: false });
    const answer = await get('H', ADDRESS);
    expect(answer).toMatchObject({ status: 502, body: { code: 'provider_refused' } });
    expect(answer.headers.get('cryptocomply-provider-status')).toBe('401');
    await app.settled();
    expect(await tenant.shown(id)).toMatchObject({ health: 'bad_key', enabled: true });
    await tenant.owner.api.patch(`${tenant.keys}${id}/`, { key: 'another-key-of-the-customer' });
    expect(await tenant.shown(id)).toMatchObject({ health: 'unknown' });
  });

  it('an outage is 502 after its retries, each counted; the next success clears the health (K1)', async () => {
    const { id } = await tenant.store('C');
    app.fakes.C.next('server_error', 'reset_after_read', 'unavailable');
    expect(await get('C', '/v1/search?name=x')).toMatchObject({
      status: 502,
      body: { code: 'provider_down' },
    });
    await app.settled();
    expect(app.fakes.C.received).toHaveLength(3);
    expect(await tenant.shown(id)).toMatchObject({ usage_count: 3, health: 'provider_down' });
    await get('C', '/v1/search?name=x');
    await app.settled();
    expect(await tenant.shown(id)).toMatchObject({ usage_count: 4, health: 'ok' });
  });

  it('what the call that ended last showed is kept, whatever was known when it began', async () => {
    const { id } = await tenant.store('A');
    await get('A', '/v1/models');
    await app.settled();
    app.fakes.A.next('ok', 'rate_limited_long');
    const { key } = await app.test.make.accessKey(tenant.owner);
    const headers = { authorization: `Api-Key ${key}`, 'content-type': 'application/json' };
    const slow = request(app.test.url + tenant.path('A', '/v1/embeddings'), { method: 'POST', headers });
    slow.write('{');
    await until(() => app.fakes.A.received.length >= 2);
    expect((await get('A', '/v1/models')).status).toBe(429);
    await until(async () => (await tenant.shown(id)).health === 'rate_limited');
    slow.end('}');
    const [answer] = (await once(slow, 'response')) as [IncomingMessage];
    await text(answer);
    await app.settled();
    expect(await tenant.shown(id)).toMatchObject({ health: 'ok' });
  });

  describe('of a key that is changed while a call is under way', () => {
    let id: number;
    let key: string;
    /** Ends the call, with an answer that tells of a rate limit. */
    let end: () => Promise<void>;

    beforeEach(async () => {
      ({ id, key } = await tenant.store('A'));
      app.fakes.A.next('rate_limited_long');
      const caller = await app.test.make.accessKey(tenant.owner);
      const headers = { authorization: `Api-Key ${caller.key}`, 'content-type': 'application/json' };
      const slow = request(app.test.url + tenant.path('A', '/v1/embeddings'), { method: 'POST', headers });
      slow.write('{');
      await until(() => app.fakes.A.received.length === 1);
      end = async () => {
        slow.end('}');
        const [answer] = (await once(slow, 'response')) as [IncomingMessage];
        expect(answer.statusCode).toBe(429);
        await text(answer);
      };
    });
    const change = async (body: object): Promise<void> =>
      expect((await tenant.owner.api.patch(`${tenant.keys}${id}/`, body)).status).toBe(200);

    it.each([
      ['secret', () => ({ key: `${key}-2` })],
      ['settings', () => ({ settings: { project: 'other' } })],
    ])('an answer to the old %s says nothing about the new', async (_name, changes) => {
      await change(changes());
      await end();
      await app.settled();
      expect(await tenant.shown(id)).toMatchObject({ usage_count: 1, health: 'unknown' });
    });

    it('what the new secret showed is kept, though the old one’s answer comes before it is written', async () => {
      await change({ key: `${key}-2` });
      app.fakes.A.goodKeys.add(`${key}-2`);
      const other = await tenant.store('H');
      const held = await hold(
        app.test.database,
        `SELECT FROM provider_keys WHERE id = ${other.id} FOR NO KEY UPDATE`,
      );
      await get('H', ADDRESS);
      await held.waitedFor(); // what that showed waits, and all that is noted after it
      expect((await get('A', '/v1/models')).status).toBe(200);
      await end();
      await held.finish();
      await app.settled();
      expect(await tenant.shown(id)).toMatchObject({ usage_count: 2, health: 'ok' });
    });
  });

  it.each([
    ['bad_request', 400],
    ['not_found', 404],
    ['conflict', 409],
    ['unprocessable', 422],
  ])('%s of the provider comes back as it is', async (fault, status) => {
    const { id } = await tenant.store('H');
    app.fakes.H.next(fault);
    const answer = await get('H', ADDRESS);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('cryptocomply-provider-status')).toBe(String(status));
    expect(answer.body).toEqual({ message: expect.any(String) });
    await app.settled();
    expect(await tenant.shown(id)).toMatchObject({ health: 'unknown' });
  });

  it('an answer that breaks off is cut, never completed', async () => {
    const { id } = await tenant.store('H');
    app.fakes.H.next('truncated_body');
    await expect(get('H', ADDRESS)).rejects.toThrow();
    await app.settled();
    expect(await tenant.shown(id)).toMatchObject({ usage_count: 1, health: 'provider_down' });
  });

  it('of a short answer that breaks off nothing passes: it is 502', async () => {
    const { id } = await tenant.store('H');
    app.fakes.H.next('truncated_short_body');
    const answer = await get('H', ADDRESS);
    expect(answer).toMatchObject({ status: 502, body: { code: 'provider_down' } });
    await app.settled();
    expect(await tenant.shown(id)).toMatchObject({ usage_count: 1, health: 'provider_down' });
  });
});

describe('a good answer that repeats the stored key', () => {
  const echoes = async (): Promise<number> =>
    (await Figures.of(app.test.api)).value('provider_secret_echoes_total{key_type="A"}') ?? 0;
  const warning = (id: number) => `A 200 of provider A repeated the secret of provider key ${id}.`;

  it('is 502, counted and logged, and no success, when that shows before the first byte', async () => {
    const { id, key } = await tenant.store('A');
    const before = await echoes();
    app.fakes.A.answerNext({ status: 200, body: { m: key } });
    const answer = await get('A', '/v1/models');
    expect(answer).toMatchObject({ status: 502, body: { code: 'provider_bad_answer' } });
    expect(answer.text).not.toContain(key);
    await app.settled();
    expect(await echoes()).toBe(before + 1);
    expect(app.test.logs()).toContain(warning(id));
    const days = await tenant.owner.api.get(`${tenant.keys}${id}/call-summaries/`);
    expect(days.body.results).toMatchObject([{ calls: 1, succeeded: 0, failed: 1 }]);
  });

  it('is broken off when that shows later; what came before it has arrived', async () => {
    const { id, key } = await tenant.store('A');
    const before = await echoes();
    let goOn!: (rest: Buffer) => void;
    const rest = new Promise<Buffer>((resolve) => (goOn = resolve));
    const start = Buffer.from(`data: one\n\ndata: ${key.slice(0, 9)}`);
    app.fakes.A.openNext({ 'content-type': 'text/event-stream' }, start, rest);
    const headers = Object.fromEntries((await ownHeaders()).map((line) => line.split(': '))) as Record<
      string,
      string
    >;
    const call = request(app.test.url + tenant.path('A', '/v1/models'), { headers });
    const [answer] = (await once(call.end(), 'response')) as [IncomingMessage];
    let received = '';
    const broken = once(answer, 'error');
    answer.on('data', (chunk: Buffer) => (received += String(chunk)));
    goOn(Buffer.from(`${key.slice(9)}\n\n`));
    expect(await broken).toMatchObject([{ code: 'ECONNRESET' }]);
    expect([answer.statusCode, received]).toEqual([200, 'data: one\n\ndata: ']);
    await app.settled();
    expect(await echoes()).toBe(before + 1);
    expect(app.test.logs()).toContain(warning(id));
  });
});

describe('check/', () => {
  const check = (id: number) => tenant.owner.api.post(`${tenant.keys}${id}/check/`);

  it.each<KeyType>(['H', 'T', 'O', 'W', 'C', 'A', 'P'])(
    'shows that a key of %s works, and is counted',
    async (type) => {
      const { id } = await tenant.store(type);
      expect(await check(id)).toMatchObject({
        status: 200,
        body: { outcome: 'ok', hint: null, provider_status: expect.any(Number), retry_after: null },
      });
      await app.settled();
      expect(await tenant.shown(id)).toMatchObject({ usage_count: 1, health: 'ok' });
    },
  );

  it('shows a bad key, of any key whether preferred or not; a disabled one is not asked about', async () => {
    await tenant.store('H');
    const { id } = await tenant.store('H', { key: 'bad-key-of-the-customer', good: false });
    expect((await check(id)).body).toMatchObject({ outcome: 'bad_key', provider_status: 401 });
    await tenant.owner.api.patch(`${tenant.keys}${id}/`, { enabled: false });
    expect(await check(id)).toMatchObject({ status: 409, body: { code: 'no_enabled_key' } });
    expect((await check(2_000_000_000)).status).toBe(404);
  });

  it('503 while as many calls wait as may, and the check is neither sent nor counted', async () => {
    const { id, key } = await tenant.store('H');
    app.fakes.H.next(...Array.from({ length: 32 }, () => 'slow_headers'));
    const transport = app.test.app.get(ProviderTransport, { strict: false });
    const callers = Array.from({ length: 32 + 1024 }, () => new AbortController());
    const full = callers.map(({ signal }) =>
      transport
        .send({
          adapter: adapterFor('H', {}),
          organizationId: tenant.org.id,
          keyId: id,
          secret: new OpenedSecret(key),
          hooks: { beforeSend: () => Promise.resolve(), afterOutcome: () => undefined },
          request: { method: 'GET', target: ADDRESS, headers: {}, body: undefined },
          signal,
        })
        .catch(() => undefined),
    );
    expect(await check(id)).toMatchObject({ status: 503, body: { code: 'provider_busy' } });
    for (const caller of callers) caller.abort();
    await Promise.all(full);
    await app.settled();
    expect(await tenant.shown(id)).toMatchObject({ usage_count: 0, health: 'unknown' });
  });

  it('is limited to 6 in a minute per key', async () => {
    const { id } = await tenant.store('H');
    const statuses = [];
    for (let n = 0; n < 7; n += 1) statuses.push((await check(id)).status);
    expect(statuses).toEqual([200, 200, 200, 200, 200, 200, 429]);
    expect(app.fakes.H.received).toHaveLength(6);
    expect((await check((await tenant.store('H')).id)).status).toBe(200);
  });
});
