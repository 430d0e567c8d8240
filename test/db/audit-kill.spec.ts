import { Client as PostgresClient } from 'pg';
import { AuditSealer } from '../../src/audit/sealing/audit-sealer.js';
import { AuditVerifier } from '../../src/audit/verification/audit-verifier.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { Client } from '../support/client.js';
import { type ServiceProcess, startServiceProcess } from '../support/service-process.js';
import { until } from '../support/until.js';

let test: TestApp;
let staffKey: { key: string };
let holder: PostgresClient;
let holderOfKeys: number;
let organizationOfKeys: number;
beforeAll(async () => {
  test = await startTestApp();
  staffKey = await test.make.accessKey(await test.make.user({ staff: true }), { admin: true });
  const org = await test.make.org();
  organizationOfKeys = org.id;
  holderOfKeys = (await test.make.member(org, 'Viewer')).id;
  holder = new PostgresClient({ connectionString: test.database.superuserUrl });
  await holder.connect();
});
afterAll(async () => {
  await holder.end();
  await test.close();
});

/** An act with its audit event, marked by a name, as the rows that each of the two leaves. */
interface Act {
  readonly path: string;
  body(name: string): object;
  /** SQL conditions and columns: the rows of the act, those of its events, and what joins them. */
  readonly rows: string;
  readonly event: string;
  readonly join: string;
}

const ACTS: Record<string, Act> = {
  'making an organization': {
    path: '/api/admin/orgs/',
    body: (name) => ({ name }),
    rows: 'organizations',
    event: 'organization.created',
    join: 'e.organization_id = a.id',
  },
  'issuing an access key': {
    path: '/api/admin/access-keys/',
    body: (name) => ({ name, user: holderOfKeys, access_level: 'read_only' }),
    rows: 'access_keys',
    event: 'access_key.issued',
    join: `e.subject_type = 'access_key' AND e.subject_id = a.id`,
  },
  'granting an access key': {
    path: '/api/admin/access-key-grants/',
    body: (name) => ({
      name,
      user: holderOfKeys,
      organization: organizationOfKeys,
      access_level: 'read_only',
      reason: 'x',
    }),
    rows: 'access_key_grants',
    event: 'access_key_grant.issued',
    join: `e.subject_type = 'access_key_grant' AND e.subject_id = a.id`,
  },
};
const NAMES = Object.keys(ACTS);

function actNamed(what: string): Act {
  const act = ACTS[what];
  if (!act) throw new Error(`No such act: ${what}`);
  return act;
}

const act = ({ url }: ServiceProcess, what: string, name: string): Promise<number> =>
  new Client(url)
    .as(staffKey)
    .post(actNamed(what).path, actNamed(what).body(name))
    .then(
      ({ status }) => status,
      () => 0, // the process is gone
    );

/** How many rows of the acts and of their events there are whose name starts so, and how many have no other half. */
async function rowsOf(what: string, name: string): Promise<{ acts: number; events: number; strays: number }> {
  const { rows, event, join } = actNamed(what);
  const [row] = await test.database.query<{ acts: number; events: number; strays: number }>(
    `SELECT count(a.id)::int AS acts, count(e.id)::int AS events,
       (count(*) FILTER (WHERE a.id IS NULL OR e.id IS NULL))::int AS strays
     FROM (SELECT * FROM ${rows} WHERE starts_with(name, $1)) a
     FULL JOIN (SELECT * FROM audit_events WHERE action = $2 AND starts_with(details->>'name', $1)) e ON ${join}`,
    [name, event],
  );
  return row ?? { acts: -1, events: -1, strays: -1 };
}

/** Resolves when a statement of the service waits for a lock. */
function untilBlocked(): Promise<void> {
  return until(async () => {
    const blocked = await test.database.query(
      `SELECT FROM pg_stat_activity WHERE datname = current_database() AND usename = 'cryptocomply_service'
       AND wait_event_type = 'Lock' AND state = 'active' AND query NOT LIKE '%advisory%'`,
    );
    return blocked.length > 0;
  });
}

/** Resolves when no transaction of the service is open: what the killed process had begun is committed or rolled back. */
function untilSettled(): Promise<void> {
  return until(async () => {
    const open = await test.database.query(
      `SELECT FROM pg_stat_activity
       WHERE datname = current_database() AND usename = 'cryptocomply_service' AND xact_start IS NOT NULL`,
    );
    return open.length === 0;
  });
}

describe('kill -9 (A21)', () => {
  it.each(NAMES)('%s: between the act and its audit event leaves neither', async (what) => {
    const service = await startServiceProcess(test);
    await holder.query('BEGIN');
    await holder.query('LOCK TABLE audit_events IN ACCESS EXCLUSIVE MODE');
    const answer = act(service, what, 'Killed before the audit');
    await untilBlocked();
    await service.kill();
    await holder.query('ROLLBACK');
    expect(await answer).toBe(0);
    await untilSettled();
    expect(await rowsOf(what, 'Killed before the audit')).toEqual({ acts: 0, events: 0, strays: 0 });
  });

  describe('with a commit that waits', () => {
    beforeAll(async () => {
      await test.database.query(`
        CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS $$
          BEGIN PERFORM FROM held FOR UPDATE; RETURN NULL; END $$`);
      await test.database.query(`CREATE TABLE held AS SELECT 1 AS row`);
      await test.database.query(`GRANT ALL ON held TO PUBLIC`);
      await test.database.query(`
        CREATE CONSTRAINT TRIGGER hold AFTER INSERT ON audit_events DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION hold()`);
    });
    afterAll(() => test.database.query('DROP TRIGGER hold ON audit_events'));

    it.each(NAMES)('%s: between the audit event and the commit leaves both or neither', async (what) => {
      const service = await startServiceProcess(test);
      await holder.query('BEGIN');
      await holder.query('SELECT FROM held FOR UPDATE');
      const answer = act(service, what, 'Killed in the commit');
      await untilBlocked();
      await service.kill();
      await holder.query('ROLLBACK');
      expect(await answer).toBe(0);
      await untilSettled();
      const { acts, events, strays } = await rowsOf(what, 'Killed in the commit');
      expect({ events, strays }).toEqual({ events: acts, strays: 0 });
    });
  });

  it.each([
    ['making an organization', 17],
    ['issuing an access key', 5],
    ['issuing an access key', 40],
    ['granting an access key', 17],
  ])('%s, amid a stream of acts, after %i of them, leaves one event for each act', async (what, count) => {
    const service = await startServiceProcess(test);
    let done = 0;
    let alive = true;
    const streams = Array.from({ length: 6 }, async (_, stream) => {
      for (let n = 0; alive; n += 1) {
        const status = await act(service, what, `Stream ${count}-${stream}-${n}`);
        if (status === 201) done += 1;
        else alive = false;
        if (done === count) await service.kill();
      }
    });
    await Promise.all(streams);
    await untilSettled();
    const { acts, events, strays } = await rowsOf(what, `Stream ${count}-`);
    expect(acts).toBeGreaterThanOrEqual(count);
    expect({ events, strays }).toEqual({ events: acts, strays: 0 });
    await test.app.get(AuditSealer).seal();
    expect(await test.app.get(AuditVerifier).verify()).toMatchObject({ ok: true, pending: 0 });
  });
});
