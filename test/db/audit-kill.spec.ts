import { Client as PostgresClient } from 'pg';
import { AuditSealer } from '../../src/audit/audit-sealer.js';
import { AuditVerifier } from '../../src/audit/audit-verifier.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { Client } from '../support/client.js';
import { type ServiceProcess, startServiceProcess } from '../support/service-process.js';

let test: TestApp;
let staffKey: { key: string };
let holder: PostgresClient;
beforeAll(async () => {
  test = await startTestApp();
  staffKey = await test.make.accessKey(await test.make.user({ staff: true }), { admin: true });
  holder = new PostgresClient({ connectionString: test.database.superuserUrl });
  await holder.connect();
});
afterAll(async () => {
  await holder.end();
  await test.close();
});

const act = ({ url }: ServiceProcess, name: string): Promise<number> =>
  new Client(url)
    .as(staffKey)
    .post('/api/admin/orgs/', { name })
    .then(
      ({ status }) => status,
      () => 0, // the process is gone
    );

/** How many rows of the act and of its audit there are, in that order. */
async function rowsOf(name: string): Promise<[number, number]> {
  const [row] = await test.database.query<{ acts: number; events: number }>(
    `SELECT (SELECT count(*)::int FROM organizations WHERE name = $1) AS acts,
       (SELECT count(*)::int FROM audit_events e JOIN organizations o ON o.id = e.organization_id
        WHERE o.name = $1 AND e.action = 'organization.created') AS events`,
    [name],
  );
  return [row?.acts ?? -1, row?.events ?? -1];
}

/** Resolves when a statement of the service waits for a lock. */
async function untilBlocked(): Promise<void> {
  for (;;) {
    const blocked = await test.database.query(
      `SELECT FROM pg_stat_activity WHERE datname = current_database() AND usename = 'cryptocomply_service'
       AND wait_event_type = 'Lock' AND state = 'active' AND query NOT LIKE '%advisory%'`,
    );
    if (blocked.length > 0) return;
  }
}

/** Resolves when no transaction of the service is open: what the killed process had begun is committed or rolled back. */
async function untilSettled(): Promise<void> {
  for (;;) {
    const open = await test.database.query(
      `SELECT FROM pg_stat_activity
       WHERE datname = current_database() AND usename = 'cryptocomply_service' AND xact_start IS NOT NULL`,
    );
    if (open.length === 0) return;
  }
}

describe('kill -9 (A21)', () => {
  it('between the act and its audit event leaves neither', async () => {
    const service = await startServiceProcess(test);
    await holder.query('BEGIN');
    await holder.query('LOCK TABLE audit_events IN ACCESS EXCLUSIVE MODE');
    const answer = act(service, 'Killed before the audit');
    await untilBlocked();
    await service.kill();
    await holder.query('ROLLBACK');
    expect(await answer).toBe(0);
    await untilSettled();
    expect(await rowsOf('Killed before the audit')).toEqual([0, 0]);
  });

  it('between the audit event and the commit leaves both or neither', async () => {
    const service = await startServiceProcess(test);
    await test.database.query(`
      CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN PERFORM FROM held FOR UPDATE; RETURN NULL; END $$`);
    await test.database.query(`CREATE TABLE held AS SELECT 1 AS row`);
    await test.database.query(`GRANT ALL ON held TO PUBLIC`);
    await test.database.query(`
      CREATE CONSTRAINT TRIGGER hold AFTER INSERT ON audit_events DEFERRABLE INITIALLY DEFERRED
      FOR EACH ROW EXECUTE FUNCTION hold()`);
    await holder.query('BEGIN');
    await holder.query('SELECT FROM held FOR UPDATE');
    const answer = act(service, 'Killed in the commit');
    await untilBlocked();
    await service.kill();
    await holder.query('ROLLBACK');
    expect(await answer).toBe(0);
    await untilSettled();
    await test.database.query('DROP TRIGGER hold ON audit_events');
    const [acts, events] = await rowsOf('Killed in the commit');
    expect(events).toBe(acts);
  });

  it.each([5, 17, 40])(
    'amid a stream of acts, after %i of them, leaves one event for each act',
    async (count) => {
      const service = await startServiceProcess(test);
      let done = 0;
      let alive = true;
      const streams = Array.from({ length: 6 }, async (_, stream) => {
        for (let n = 0; alive; n += 1) {
          const status = await act(service, `Stream ${count}-${stream}-${n}`);
          if (status === 201) done += 1;
          else alive = false;
          if (done === count) await service.kill();
        }
      });
      await Promise.all(streams);
      await untilSettled();
      const [row] = await test.database.query<{ acts: number; events: number; strays: number }>(
        `SELECT count(o.id)::int AS acts, count(e.id)::int AS events,
         (count(*) FILTER (WHERE o.id IS NULL OR e.id IS NULL))::int AS strays
       FROM (SELECT * FROM organizations WHERE name LIKE 'Stream ${count}-%') o
       FULL JOIN (
         SELECT * FROM audit_events WHERE action = 'organization.created' AND details->>'name' LIKE 'Stream ${count}-%'
       ) e ON e.organization_id = o.id`,
      );
      expect(row?.acts).toBeGreaterThanOrEqual(count);
      expect(row).toEqual({ acts: row?.acts, events: row?.acts, strays: 0 });
      await test.app.get(AuditSealer).seal();
      expect(await test.app.get(AuditVerifier).verify()).toMatchObject({ ok: true, pending: 0 });
    },
  );
});
