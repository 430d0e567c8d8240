import { randomInt } from 'node:crypto';
import { Client } from '../support/client.js';
import { recordFigure } from '../support/figures.js';
import { type ProviderApp, ProviderTenant, startProviderApp } from '../support/provider-app.js';
import { startServiceProcess } from '../support/service-process.js';
import { until } from '../support/until.js';

/** `KILLS=50 npx jest provider-call-counts` for the long run. */
const KILLS = Number(process.env['KILLS'] ?? 4);
const CALLERS = 16;
const TARGET = '/api/v1/address/1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa';

let app: ProviderApp;
beforeAll(async () => {
  app = await startProviderApp();
});
afterAll(() => app.close());
beforeEach(() => app.fakes.reset());
afterEach(() => app.settled());

const ledgerOf = async (keyId: number): Promise<{ calls: number; succeeded: number; failed: number }> => {
  const [row] = await app.test.database.query<{ calls: number; succeeded: number; failed: number }>(
    `SELECT coalesce(sum(calls), 0)::int AS calls, coalesce(sum(succeeded), 0)::int AS succeeded,
       coalesce(sum(failed), 0)::int AS failed
     FROM provider_key_days WHERE provider_key_id = $1`,
    [keyId],
  );
  if (!row) throw new Error('no row');
  return row;
};

it('200 parallel calls with one key are exactly 200 (K4)', async () => {
  const tenant = await ProviderTenant.make(app);
  const { id } = await tenant.store('H');
  const answers = await Promise.all(
    Array.from({ length: 200 }, () => tenant.owner.api.get(tenant.path('H', TARGET))),
  );
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  await app.settled();
  expect(app.fakes.H.received).toHaveLength(200);
  expect(await ledgerOf(id)).toEqual({ calls: 200, succeeded: 200, failed: 0 });
  expect(await tenant.shown(id)).toMatchObject({ usage_count: 200 });
});

it('two organizations, 500 interleaved calls each: each only ever with its own key (J8)', async () => {
  const tenants = await Promise.all([ProviderTenant.make(app), ProviderTenant.make(app)]);
  const stored = await Promise.all(tenants.map((tenant) => tenant.store('O')));
  const calls = Array.from({ length: 500 }, (_, n) =>
    tenants.map((tenant) =>
      tenant.owner.api.get(tenant.path('O', `/search/default?q=${tenant.org.id}&n=${n}`)),
    ),
  );
  const answers = await Promise.all(calls.flat());
  expect(answers.every(({ status }) => status === 200)).toBe(true);
  await app.settled();
  const pairs = app.fakes.O.received.map(
    ({ url, headers }) => `${new URLSearchParams(url.split('?')[1]).get('q')} ${headers['authorization']}`,
  );
  const expected = tenants.map(({ org }, index) => `${org.id} ApiKey ${stored[index]?.key}`);
  for (const pair of expected) expect(pairs.filter((seen) => seen === pair)).toHaveLength(500);
  expect(pairs).toHaveLength(1_000);
  for (const { id } of stored) expect(await ledgerOf(id)).toMatchObject({ calls: 500, succeeded: 500 });
}, 60_000);

it('an intent that can’t be written: 503, and nothing is sent (K6)', async () => {
  const tenant = await ProviderTenant.make(app);
  const { id } = await tenant.store('H');
  await app.test.database.query('REVOKE INSERT ON provider_calls FROM cryptocomply_service');
  const broken = await tenant.owner.api.get(tenant.path('H', TARGET));
  await app.test.database.query('GRANT INSERT ON provider_calls TO cryptocomply_service');
  expect(broken).toMatchObject({ status: 503, body: { code: 'service_unavailable' } });
  expect(app.fakes.H.received).toEqual([]);
  expect(await ledgerOf(id)).toMatchObject({ calls: 0 });
});

it(
  `${KILLS} kills -9 under load: never fewer than the provider saw, more by the calls in flight at most (K2)`,
  async () => {
    const tenant = await ProviderTenant.make(app);
    const { id } = await tenant.store('H');
    const { key } = await app.test.make.accessKey(tenant.owner);
    let inFlightAtKills = 0;
    let answered = 0;
    for (let kill = 0; kill < KILLS; kill += 1) {
      const service = await startServiceProcess(app.test);
      const api = new Client(service.url).as({ key });
      let inFlight = 0;
      let killed: Promise<void> | undefined;
      const last = answered + 20 + randomInt(150);
      const callers = Array.from({ length: CALLERS }, async () => {
        while (!killed) {
          inFlight += 1;
          const ok = await api.get(tenant.path('H', TARGET)).then(
            ({ status }) => status === 200,
            () => false, // the process is gone
          );
          inFlight -= 1;
          if (ok) answered += 1;
          if (!killed && answered >= last) {
            inFlightAtKills += inFlight;
            killed = service.kill();
          }
        }
      });
      await Promise.all(callers);
      await killed;
    }
    await until(async () => {
      const open = await app.test.database.query(
        `SELECT FROM pg_stat_activity
         WHERE datname = current_database() AND usename = 'cryptocomply_service' AND xact_start IS NOT NULL`,
      );
      return open.length === 0;
    });
    await app.settled();
    const seen = app.fakes.H.received.length;
    const { calls, succeeded, failed } = await ledgerOf(id);
    expect(seen).toBeGreaterThanOrEqual(answered);
    expect(calls).toBeGreaterThanOrEqual(seen);
    expect(calls - seen).toBeLessThanOrEqual(inFlightAtKills);
    expect(succeeded).toBeLessThanOrEqual(seen);
    expect(failed).toBe(0);
    expect(await tenant.shown(id)).toMatchObject({ usage_count: calls });
    recordFigure(
      'db/provider-call-counts',
      `${KILLS} kills: ${seen} calls seen by the provider, ${calls} counted, ${inFlightAtKills} in flight at the kills`,
    );
  },
  60_000 + KILLS * 10_000,
);
