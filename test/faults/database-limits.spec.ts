import { Client, type Pool } from 'pg';
import { DataSource } from 'typeorm';
import { LONGEST_SILENCE_MS } from '../../src/database/data-source.js';
import { NamedStatements } from '../../src/database/named-statements.js';
import { PATIENCE_MS } from '../../src/database/pool.js';
import { openSession } from '../../src/database/session.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { hold } from '../support/hold.js';
import { until } from '../support/until.js';

let test: TestApp;
beforeAll(async () => {
  test = await startTestApp({ DATABASE_POOL_SIZE: '2' });
});
afterAll(() => test.close());

/** Stops the whole thread (milliseconds), as a machine does that is paused. */
function standStill(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

it('the sessions of the service have their limits for statements, locks and idle transactions (N4)', async () => {
  const [settings] = await test.app.get(NamedStatements, { strict: false }).query<Record<string, string>>(
    'limits',
    `SELECT current_setting('statement_timeout') AS statement, current_setting('lock_timeout') AS lock,
       current_setting('idle_in_transaction_session_timeout') AS idle, current_user AS role`,
    [],
  );
  expect(settings).toEqual({ statement: '10s', lock: '5s', idle: '15s', role: 'cryptocomply_service' });
});

it('a day has 24 hours for the service, though the database lives where clocks change', async () => {
  const client = new Client({
    connectionString: test.database.databaseUrl,
    options: '-c TimeZone=America/New_York',
  });
  await client.connect();
  const inADay = () =>
    client.query<{ hours: number }>(
      `SELECT (extract(epoch FROM '2026-03-08 00:00-05'::timestamptz + interval '1 day')
         - extract(epoch FROM '2026-03-08 00:00-05'::timestamptz))::int / 3600 AS hours`,
    );
  const { rows: before } = await inADay();
  await openSession(client);
  const { rows: after } = await inADay();
  await client.end();
  expect([before[0]?.hours, after[0]?.hours]).toEqual([23, 24]);
});

it('a full pool is 503 with Retry-After for whoever would have to wait, and all is well once it is not (N3)', async () => {
  const owner = test.api.as(await test.make.accessKey(await test.make.user()));
  const dataSource = test.app.get(DataSource);
  const holders = [dataSource.createQueryRunner(), dataSource.createQueryRunner()];
  await Promise.all(holders.map((holder) => holder.connect()));
  const refused = await Promise.all(Array.from({ length: 20 }, () => owner.get('/api/orgs/')));
  for (const { status, headers, body } of refused) {
    expect([status, body.code, headers.get('retry-after')]).toEqual([503, 'service_unavailable', '5']);
  }
  expect((await test.api.get('/healthz')).status).toBe(200);
  await Promise.all(holders.map((holder) => holder.release()));
  const after = await Promise.all(Array.from({ length: 20 }, () => owner.get('/api/orgs/')));
  expect(new Set(after.map(({ status }) => status))).toEqual(new Set([200]));
});

it.each([
  ['it waits for a connection', PATIENCE_MS],
  ['a connection may be silent', LONGEST_SILENCE_MS],
])('a process that stood still for longer than %s serves those that waited (N3)', async (_, patience) => {
  const owner = test.api.as(await test.make.accessKey(await test.make.user()));
  const dataSource = test.app.get(DataSource);
  const { master } = dataSource.driver as unknown as { master: Pool };
  const busy = Array.from({ length: 2 }, () => dataSource.query('SELECT pg_sleep(2)'));
  const waiting = Array.from({ length: 20 }, () => owner.get('/api/orgs/'));
  await until(() => Promise.resolve(master.waitingCount > 0));
  // PostgreSQL ends its statements meanwhile, and when the process goes on, its timers come before what it has to read.
  await new Promise(setImmediate);
  standStill(1.2 * patience);
  const answers = await Promise.all(waiting);
  expect(answers.map(({ status }) => status)).toEqual(Array<number>(20).fill(200));
  await Promise.all(busy);
});

it('a lock that is never given is 503 with Retry-After, not a hang (N4)', async () => {
  const org = await test.make.org();
  const owner = test.api.as(await test.make.accessKey(await test.make.member(org, 'Owner')));
  const held = await hold(test.database, 'LOCK TABLE roles IN ACCESS EXCLUSIVE MODE');
  const answer = await owner.get(`/api/orgs/${org.id}/roles/`);
  await held.finish();
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
  expect((await owner.get(`/api/orgs/${org.id}/roles/`)).status).toBe(200);
});
