import { assertNoSecret, rememberSecret } from '../support/canary.js';
import { Collector } from '../support/collector.js';
import { freePort } from '../support/free-port.js';
import { type ProviderApp, ProviderTenant, startProviderApp } from '../support/provider-app.js';
import { startChild } from '../support/service-process.js';
import { until } from '../support/until.js';

let app: ProviderApp;
let collector: Collector;
beforeAll(async () => {
  app = await startProviderApp();
  collector = await Collector.start();
});
afterAll(async () => {
  await collector.close();
  await app.close();
});

/** An instance as src/main.ts runs it, ready. */
async function startTraced(overrides: Record<string, string>) {
  const port = String(await freePort());
  const child = startChild('main-child.mjs', app.test, { PORT: port, ...overrides });
  const url = `http://127.0.0.1:${port}`;
  const { api } = app.test;
  await until(
    async () =>
      (
        await api
          .at(url)
          .get('/readyz')
          .catch(() => undefined)
      )?.status === 200,
  );
  return { child, url };
}

const attributes = (span: Collector['spans'][number] | undefined) =>
  Object.fromEntries((span?.attributes ?? []).map(({ key, value }) => [key, Object.values(value)[0]]));

describe('With an OTLP endpoint', () => {
  it('requests, their statements and their calls to providers are one trace each, told by route, and hold no secret', async () => {
    const tenant = await ProviderTenant.make(app);
    await tenant.store('H');
    const user = await app.test.make.user();
    const password = await app.test.make.password(user);
    const canary = 'S3cretCanaryS3cretCanaryS3cretCa';
    rememberSecret(canary);
    const { child, url } = await startTraced({
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20for%20the%20collector,x-tenant=a',
    });
    const owner = tenant.owner.api.at(url);
    const strange = {
      'user-agent': canary,
      traceparent: '00-11111111111111111111111111111111-2222222222222222-01',
      'x-request-id': 'run-1',
    };
    expect((await owner.with(strange).get(`/api/orgs/?search=${canary}`)).status).toBe(200);
    const address = '/api/v1/address/1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa';
    expect((await owner.get(tenant.path('H', address))).status).toBe(200);
    const api = app.test.api.at(url);
    expect((await api.post('/api/auth/token/', { email: user.email, password })).status).toBe(200);
    expect((await api.post('/api/auth/token/', { email: user.email, password: canary })).status).toBe(401);
    expect((await api.get(`/api/${canary}/`)).status).toBe(404);
    expect((await api.as({ key: `AAAAAAAA.${canary}` }).get('/api/orgs/')).status).toBe(401);
    child.signal('SIGTERM');
    expect(await child.ended).toEqual([0, null]); // what was left was sent

    const { spans } = collector;
    const requestOf = (name: string) => spans.find((span) => span.kind === 2 && span.name === name);
    const list = spans.find((span) => attributes(span)['request_id'] === 'run-1');
    expect(list).toMatchObject({ name: 'GET /api/orgs', kind: 2 });
    expect(list?.traceId).not.toBe('11111111111111111111111111111111'); // nobody is believed
    expect(attributes(list)).toMatchObject({
      'http.route': '/api/orgs',
      'http.request.method': 'GET',
      'http.response.status_code': 200,
    });
    expect(requestOf('POST /api/auth/token')).toBeDefined();
    expect(requestOf('GET unknown')).toBeDefined();
    const statements = spans.filter(({ traceId, kind }) => traceId === list?.traceId && kind === 3);
    expect(statements.map(({ name }) => name)).toContainEqual(
      expect.stringMatching(/^pg\.query:lookup-access-key /),
    );
    for (const { parentSpanId } of statements) expect(parentSpanId).toBe(list?.spanId);
    const passThrough = spans.find(({ kind, name }) => kind === 2 && name.includes('/providers/'));
    const call = spans.find((span) => span.kind === 3 && attributes(span)['http.request.method'] === 'GET');
    expect(call).toMatchObject({ traceId: passThrough?.traceId });

    assertNoSecret(collector.bodies.join('\n'), 'the spans');
    for (const told of [user.email, canary, '1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa', 'search='])
      expect(collector.bodies.join('\n')).not.toContain(told);
    expect(new Set(collector.paths)).toEqual(new Set(['/v1/traces']));
    expect(collector.headers[0]).toMatchObject({
      authorization: 'Bearer for the collector',
      'x-tenant': 'a',
    });
  });

  it('a request goes on with the trace that it names, where OTEL_PROPAGATORS says so, and a provider is told of none', async () => {
    const tenant = await ProviderTenant.make(app);
    await tenant.store('T');
    app.fakes.reset();
    const { child, url } = await startTraced({
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_PROPAGATORS: 'tracecontext',
    });
    const named = tenant.owner.api.at(url).with({
      traceparent: '00-33333333333333333333333333333333-4444444444444444-01',
    });
    expect((await named.post(tenant.path('T', '/public/v2/screening/addresses'), [])).status).toBeLessThan(
      500,
    );
    child.signal('SIGTERM');
    expect(await child.ended).toEqual([0, null]);
    const ours = collector.spans.filter(({ traceId }) => traceId === '3'.repeat(32));
    expect(ours.find(({ kind }) => kind === 2)).toMatchObject({ parentSpanId: '4'.repeat(16) });
    expect(app.fakes.T.received).toHaveLength(1);
    expect(Object.keys(app.fakes.T.received[0]?.headers ?? {})).not.toContain('traceparent');
  });

  it('a collector that is not there costs no answer, and the service ends in order all the same', async () => {
    const { child, url } = await startTraced({
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${await freePort()}`,
    });
    const { api } = app.test;
    for (let n = 0; n < 5; n += 1) expect((await api.at(url).get('/api/orgs/')).status).toBe(401);
    child.signal('SIGTERM');
    expect(await child.ended).toEqual([0, null]);
  });
});
