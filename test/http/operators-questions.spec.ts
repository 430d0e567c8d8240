import { readFileSync } from 'node:fs';
import { DataSource, type QueryRunner } from 'typeorm';
import { AuditSealer } from '../../src/audit/sealing/audit-sealer.js';
import { AuditVerifications } from '../../src/audit/verification/audit-verifications.js';
import { MetricRegistry } from '../../src/common/metric-registry.js';
import { KeyCounts } from '../../src/api-access-keys/use/key-counts.js';
import { GENEROUS_LIMITS, startTestApp, type TestApp } from '../support/app.js';
import { callingStaff } from '../support/callers.js';
import { FaultProxy } from '../support/fault-proxy.js';
import { hold } from '../support/hold.js';
import { CONTRACT_LIMITS, from, guess, inARow, times } from '../support/limits.js';
import { Figures } from '../support/metrics.js';
import { type ProviderApp, ProviderTenant, startProviderApp } from '../support/provider-app.js';
import { pauseRecurringJobs } from '../support/recurring-jobs.js';
import { until } from '../support/until.js';

let test: TestApp;
beforeEach(async () => {
  test = await startTestApp(CONTRACT_LIMITS);
  await pauseRecurringJobs(test.app);
});
afterEach(() => test.close());

/** Something that the audit log tells of. */
async function anEvent(): Promise<void> {
  const staff = await callingStaff(test);
  expect((await staff.api.post('/api/admin/orgs/', { name: 'Acme' })).status).toBe(201);
}

const figures = () => Figures.of(test.api);

describe('Who gets in, and who is refused why', () => {
  it('logins_total tells what came of every attempt, those that a limit refuses included', async () => {
    const user = await test.make.user();
    const password = await test.make.password(user);
    const right = { email: user.email, password };
    expect((await from(test, '192.0.2.1').post('/api/auth/token/', right)).status).toBe(200);
    expect(await inARow(12, () => guess(from(test, '192.0.2.2'), user.email))).toEqual([
      ...times(401, 10),
      ...times(429, 2),
    ]);
    expect(
      (await from(test, '192.0.2.3').post('/api/auth/token/', { email: 'nobody@example.com' })).status,
    ).toBe(400);
    const told = await figures();
    const outcomes = ['ok', 'wrong', 'throttled', 'invalid', 'failed'];
    expect(outcomes.map((outcome) => told.value(`logins_total{outcome="${outcome}"}`))).toEqual([
      1, 10, 2, 1, 0,
    ]);
  });

  it('http_refusals_total counts by the code that the caller was told, and no good answer', async () => {
    const { key } = await test.make.accessKey(await test.make.user());
    const api = test.api.as({ key });
    expect((await api.get('/api/orgs/')).status).toBe(200);
    expect((await test.api.get('/api/orgs/')).body.code).toBe('not_authenticated');
    expect((await test.api.as({ key: `${key}x` }).get('/api/orgs/')).body.code).toBe('authentication_failed');
    expect((await api.get('/api/orgs/4711/')).body.code).toBe('not_found');
    expect((await test.api.get('/nowhere/')).body.code).toBe('not_found');
    expect((await api.delete('/api/orgs/')).body.code).toBe('method_not_allowed');
    const told = await figures();
    const count = (code: string) => told.value(`http_refusals_total{code="${code}"}`);
    expect({
      not_authenticated: count('not_authenticated'),
      authentication_failed: count('authentication_failed'),
      not_found: count('not_found'),
      method_not_allowed: count('method_not_allowed'),
      permission_denied: count('permission_denied'),
    }).toEqual({
      not_authenticated: 1,
      authentication_failed: 1,
      not_found: 2,
      method_not_allowed: 1,
      permission_denied: undefined,
    });
  });
});

describe('How busy it is', () => {
  it('lookup_group_size tells how many credentials a statement asked for', async () => {
    const { key } = await test.make.accessKey(await test.make.user());
    const before = await figures();
    expect(before.value('lookup_group_size_count')).toBe(0);
    for (let n = 0; n < 3; n += 1) await test.api.as({ key }).get('/api/orgs/');
    const after = await figures();
    expect(after.value('lookup_group_size_count')).toBe(3);
    expect(after.value('lookup_group_size_sum')).toBe(3);
    expect(after.value('lookup_group_size_bucket{le="1"}')).toBe(3);
  });

  it('database_pool_* tell how many connections there may be, are busy and idle, and how many statements wait', async () => {
    const dataSource = test.app.get(DataSource);
    expect((await figures()).value('database_pool_limit')).toBe(10);
    // Of the registry itself: to tell the other figures takes connections, too.
    const told = async (): Promise<unknown> => {
      const registry = test.app.get(MetricRegistry);
      const texts = ['database_pool_connections', 'database_pool_waiting'].map((name) =>
        registry.getSingleMetricAsString(name),
      );
      return (await Promise.all(texts)).join('\n').match(/^\w.*$/gm);
    };
    const figuresOf = (busy: number, idle: number, waiting: number): string[] => [
      `database_pool_connections{state="busy"} ${busy}`,
      `database_pool_connections{state="idle"} ${idle}`,
      `database_pool_waiting ${waiting}`,
    ];
    const runners = Array.from({ length: 11 }, () => dataSource.createQueryRunner());
    const [late, ...others] = runners as [QueryRunner, ...QueryRunner[]];
    for (const runner of others) await runner.connect();
    expect(await told()).toEqual(figuresOf(10, 0, 0));
    const connected = late.connect();
    await until(async () => String(await told()) === String(figuresOf(10, 0, 1)));
    for (const runner of others) await runner.release();
    await connected;
    expect(await told()).toEqual(figuresOf(1, 9, 0));
    await late.release();
  });

  it('hashing_queue_length tells how many logins wait for a core, and is 0 again when they are through', async () => {
    const slow = await test.another({ BCRYPT_COST: '12', RATE_LIMITS: GENEROUS_LIMITS });
    const length = async () => (await Figures.of(slow.api)).value('hashing_queue_length');
    expect(await length()).toBe(0);
    const logins = Array.from({ length: 12 }, () => guess(slow.api, 'nobody@example.com'));
    await until(async () => Number(await length()) > 0);
    expect((await Promise.all(logins)).map(({ status }) => status)).toEqual(times(401, 12));
    expect(await length()).toBe(0);
    await slow.close();
  });
});

describe('The state of keys and of the audit log', () => {
  it('access_keys tells how many keys there are of each status that is not final, and how many of them end soon', async () => {
    const user = await test.make.user();
    const soon = await test.make.accessKey(user);
    const suspended = await test.make.accessKey(user);
    const revoked = await test.make.accessKey(user);
    const expired = await test.make.accessKey(user);
    await test.make.accessKey(user);
    const set = (what: string, { id }: { id: number }) =>
      test.database.query(`UPDATE access_keys SET ${what} WHERE id = ${id}`);
    await set(`expires_at = app_now() + interval '13 days'`, soon);
    await set('suspended_at = app_now()', suspended);
    await set('revoked_at = app_now()', revoked);
    await set('expires_at = app_now()', expired);
    const counts = test.app.get(KeyCounts, { strict: false });
    expect((await figures()).value('access_keys{status="active"}')).toBeUndefined();
    expect(await counts.run()).toBe(3);
    const told = await figures();
    const statuses = ['active', 'superseded', 'suspended', 'blocked', 'revoked', 'expired'];
    expect(statuses.map((status) => told.value(`access_keys{status="${status}"}`))).toEqual([
      2,
      0,
      1,
      0,
      undefined,
      undefined,
    ]);
    expect(told.value('access_keys_expiring')).toBe(1);
  });

  it('keys are counted by one process an hour, and every one tells what it counted', async () => {
    const second = await test.another();
    await pauseRecurringJobs(second.app);
    const counts = [test, second].map(({ app }) => app.get(KeyCounts, { strict: false }));
    await test.make.accessKey(await test.make.user());
    expect((await Promise.all(counts.map((one) => one.run()))).toSorted()).toEqual([0, 1]);
    await test.make.accessKey(await test.make.user());
    expect(await Promise.all(counts.map((one) => one.run()))).toEqual([0, 0]);
    for (const { api } of [test, second])
      expect((await Figures.of(api)).value('access_keys{status="active"}')).toBe(1);
    await test.database.shiftClock(3_601);
    expect((await Promise.all(counts.map((one) => one.run()))).toSorted()).toEqual([0, 2]);
    await second.close();
  });

  it('keys are counted within the hour after the database’s clock, which was ahead, was put right', async () => {
    const counts = test.app.get(KeyCounts, { strict: false });
    await test.make.accessKey(await test.make.user());
    await test.database.shiftClock(365 * 86_400);
    expect(await counts.run()).toBe(1);
    await test.database.shiftClock(0);
    await test.make.accessKey(await test.make.user());
    expect(await counts.run()).toBe(1 + 1);
    expect(await counts.run()).toBe(0);
  });

  it('audit_unsealed_* tell how far the sealing is behind, and 0 when it has caught up', async () => {
    const sealing = await hold(test.database, 'SELECT pg_advisory_xact_lock(7264001)');
    await anEvent();
    await until(async () => (await figures()).value('audit_unsealed_events') === 1);
    await test.database.shiftClock(90);
    expect((await figures()).value('audit_unsealed_seconds')).toBeGreaterThanOrEqual(90);
    await sealing.finish();
    await test.app.get(AuditSealer, { strict: false }).seal();
    const sealed = await figures();
    expect(sealed.value('audit_unsealed_events')).toBe(0);
    expect(sealed.value('audit_unsealed_seconds')).toBe(0);
  });

  it('audit_breaks tells what the last verification found, and nothing before the first', async () => {
    const verifications = test.app.get(AuditVerifications, { strict: false });
    await anEvent();
    await test.app.get(AuditSealer, { strict: false }).seal();
    expect((await figures()).value('audit_breaks')).toBeUndefined();
    await verifications.verify();
    const whole = await figures();
    expect(whole.value('audit_breaks')).toBe(0);
    expect(whole.value('audit_verified_timestamp_seconds')).toBeGreaterThan(1_700_000_000);
    await test.database.query(`UPDATE audit_events SET action = 'nothing.happened'`);
    await verifications.verify();
    expect((await figures()).value('audit_breaks')).toBeGreaterThan(0);
  });
});

it('without the database the figures of the process are told all the same, and those that only it knows are absent', async () => {
  const link = await FaultProxy.before(test.database.databaseUrl);
  const instance = await test.another({ DATABASE_URL: link.databaseUrl });
  try {
    const before = await Figures.of(instance.api);
    expect(before.value('audit_unsealed_events')).toBe(0);
    link.refuse(true);
    link.cut();
    const without = await Figures.of(instance.api);
    expect(without.value('audit_unsealed_events')).toBeUndefined();
    expect(without.value('logins_total{outcome="ok"}')).toBe(0);
    expect(without.names).toEqual(before.names);
  } finally {
    link.refuse(false);
    await instance.close();
    await link.close();
  }
});

it('every metric of ours is told from the start, and docs/operations.md says what each is for', async () => {
  const { names } = await figures();
  const ours = names.filter((name) => !/^(?:nodejs|process)_/.test(name));
  const documented = [
    ...readFileSync('docs/operations.md', 'utf8').matchAll(/^\| `([a-z_]+)(?:\{[a-z_,]+\})?`/gm),
  ];
  expect(ours.length).toBeGreaterThan(15);
  expect(
    documented
      .map(([, name]) => name)
      .filter((name) => ours.includes(String(name)))
      .toSorted(),
  ).toEqual(ours.toSorted());
});

describe('Calls to providers', () => {
  let app: ProviderApp;
  beforeEach(async () => {
    app = await startProviderApp();
  });
  afterEach(() => app.close());

  it('provider_calls_total and provider_call_duration_seconds tell what was sent and what came of it', async () => {
    const tenant = await ProviderTenant.make(app);
    await tenant.store('H');
    const address = tenant.path('H', '/api/v1/address/1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa');
    expect((await tenant.owner.api.get(address)).status).toBe(200);
    const { id } = await tenant.store('H', { good: false });
    const bad = tenant.owner.api.with({ 'cryptocomply-provider-key': String(id) });
    expect((await bad.get(address)).body.code).toBe('provider_refused');
    expect((await tenant.owner.api.get(tenant.path('H', '/not/allowed'))).status).toBe(404);
    await app.settled();
    const told = await Figures.of(app.test.api);
    expect(told.value('provider_calls_total{key_type="H",outcome="ok"}')).toBe(1);
    expect(told.value('provider_calls_total{key_type="H",outcome="bad_key"}')).toBe(1);
    expect(told.value('provider_call_duration_seconds_count{key_type="H"}')).toBe(2);
    expect(told.value('http_refusals_total{code="provider_refused"}')).toBe(1);
  });
});
