import { DataSource, type Logger } from 'typeorm';
import { startTestApp, type TestApp } from '../support/app.js';
import { callingStaff } from '../support/callers.js';
import type { Client } from '../support/client.js';

const ROWS = 200_000;
/** Whose list is none of a few rows: a table that is read from its beginning for it grows with everybody's use. */
const LARGE_TABLES = ['access_keys', 'members', 'users', 'audit_events', 'call_summaries'];

interface Plan {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly Plans?: Plan[];
}

let test: TestApp;
let staff: Client;
let manager: Client;
let org: { id: number };
let providerKey: number;
let sent: { sql: string; parameters: unknown[] }[];

beforeAll(async () => {
  test = await startTestApp();
  const { query } = test.database;
  org = await test.make.org();
  manager = test.api.as(await test.make.accessKey(await test.make.member(org, 'Owner')));
  staff = (await callingStaff(test)).api;
  await query(`INSERT INTO organizations (name) SELECT 'O' || n FROM generate_series(1, 1000) n`);
  await query(
    `INSERT INTO users (email, name) SELECT 'person-' || n || '@large.example', 'Person ' || n FROM generate_series(1, ${ROWS}) n`,
  );
  await query(
    `INSERT INTO members (organization_id, user_id, role_id, status)
     SELECT $1 + u.id % 1000, u.id, (SELECT min(id) FROM roles WHERE organization_id IS NULL), 'active'
     FROM users u WHERE u.email LIKE 'person-%'`,
    [org.id],
  );
  await query(
    `INSERT INTO access_keys (prefix, digest, user_id, organization_id, access_level, name, issued_via, created_at, expires_at,
       last_used_at, revoked_at, suspended_at, suspended_as, retires_at, grace_seconds)
     SELECT lpad(n::text, 8, 'a'), sha256(n::text::bytea), m.user_id, CASE WHEN n % 2 = 0 THEN m.organization_id END, 'read_only',
       CASE WHEN n % 1000 = 7 THEN 'Quarterly ' ELSE 'Job ' END || n, 'cli', now() - n * interval '1 minute',
       CASE WHEN n % 3 = 0 THEN now() + (n - 1000) * interval '1 minute' END, now() - n * interval '1 second',
       CASE WHEN n % 500 = 1 THEN now() END, CASE WHEN n % 500 = 2 THEN now() END, CASE WHEN n % 500 = 2 THEN 'staff' END,
       CASE WHEN n % 500 = 3 THEN now() END, CASE WHEN n % 500 = 3 THEN 0 END
     FROM (SELECT user_id, organization_id, row_number() OVER (ORDER BY user_id) AS n FROM members) AS m`,
  );
  await query(`UPDATE access_keys SET replaced_by_id = id - 1 WHERE id % 500 = 4`);
  await query('ALTER TABLE audit_events DISABLE TRIGGER audit_event_added'); // or they would all be sealed now
  await query(
    `INSERT INTO audit_events (at, action, organization_id, actor_id, actor_credential, subject_type, subject_id, user_id, details)
     SELECT now() - n * interval '1 minute', CASE WHEN n % 1000 = 0 THEN 'key.rare' ELSE 'key.usual' END, $1 + n % 1000, n, 'session:' || n,
       'access_key', n, n, '{}' FROM generate_series(1, ${ROWS}) n`,
    [org.id],
  );
  await query('ALTER TABLE audit_events ENABLE TRIGGER audit_event_added');
  // Days of other provider keys, which need not be there; and 400 days of one that is.
  const stored = { key_type: 'H', name: 'used', key: 'provider-key-0123456789abcdef' };
  const { body } = await manager.post(`/api/orgs/${org.id}/api-keys/`, stored);
  providerKey = body.id as number;
  await query(`SET session_replication_role = replica;
    INSERT INTO call_summaries (provider_key_id, day, calls, succeeded, failed, last_call_at)
    SELECT key, current_date - day, 1, 1, 0, now() - day * interval '1 day'
    FROM generate_series(1, 400) AS day,
      (SELECT ${providerKey} AS key UNION ALL SELECT 1000000 + n FROM generate_series(1, ${ROWS / 400}) AS n) AS keys;
    SET session_replication_role = origin`);
  await query('VACUUM (ANALYZE)');
  const recording = { logQuery: (sql: string, parameters: unknown[] = []) => sent.push({ sql, parameters }) };
  test.app.get(DataSource).logger = recording as Partial<Logger> as Logger;
}, 300_000);
afterAll(() => test.close());

const nodes = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodes)];

/** The large tables that the statements of a request read from the beginning, as PostgreSQL plans them for their values. */
async function readFromBeginning(api: Client, path: string): Promise<string[]> {
  sent = [];
  const answer = await api.get(path);
  expect(answer.status).toBe(200);
  const lists = sent.filter(({ sql }) =>
    [...LARGE_TABLES, 'provider_key_days'].some((table) => sql.includes(table)),
  );
  expect(lists.length).toBeGreaterThan(0);
  const read: string[] = [];
  for (const { sql, parameters } of lists) {
    const [row] = await test.database.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(
      `EXPLAIN (FORMAT JSON) ${sql}`,
      parameters,
    );
    const scans = nodes(row?.['QUERY PLAN'][0].Plan as Plan).filter((node) =>
      node['Node Type'].endsWith('Seq Scan'),
    );
    read.push(...scans.flatMap((node) => node['Relation Name'] ?? []));
  }
  return read.filter((table) => LARGE_TABLES.includes(table));
}

describe(`Among ${ROWS.toLocaleString('en')} rows no list reads keys, members, users, audit events or days of calls from the beginning`, () => {
  const orders = ['id', 'name', 'created_at', 'expires_at'].flatMap((field) => [field, `-${field}`]);

  it.each([
    '',
    '?page=4000',
    '?page=last',
    ...orders.map((field) => `?ordering=${field}`),
    ...orders.map((field) => `?page=3000&ordering=${field}`),
  ])("staff's list of all keys: %s", async (query) => {
    expect(await readFromBeginning(staff, `/api/admin/access-keys/${query}`)).toEqual([]);
  });

  it.each([
    'user=5000',
    'organization=:org',
    'prefix=aaaa5000',
    'status=revoked',
    'status=expired&organization=:org',
    'status=blocked',
    'status=suspended',
    'status=superseded',
    'expires_before=2020-01-01T00:00:00Z',
    'never_used=true&organization=:org',
    'last_used_before=2020-01-01T00:00:00Z&user=5000',
    'search=quarterly',
    'search=person-12345%40',
    'search=aaa51234',
    'search=quarterly,person-123',
  ])("staff's lists of keys, of which these are few: %s", async (query) => {
    const narrowed = query.replace(':org', String(org.id));
    expect(await readFromBeginning(staff, `/api/admin/access-keys/?${narrowed}`)).toEqual([]);
    if (/expires_before|never_used|last_used|prefix/.test(query)) return; // the review has no such filter
    expect(await readFromBeginning(staff, `/api/admin/access-keys/review/?${narrowed}`)).toEqual([]);
  });

  it('what was made through a key', async () => {
    const { id } = await test.make.accessKey(await test.make.user({ staff: true }), { admin: true });
    expect(await readFromBeginning(staff, `/api/admin/access-keys/${id}/made/`)).toEqual([]);
  });

  it.each(['', '?page=last', '?ordering=-last_used_at', '?status=active', '?search=quarterly', '?user=5000'])(
    "an organization's list of its keys, and its review: %s",
    async (query) => {
      expect(await readFromBeginning(manager, `/api/orgs/${org.id}/access-keys/${query}`)).toEqual([]);
      expect(await readFromBeginning(manager, `/api/orgs/${org.id}/access-keys/review/${query}`)).toEqual([]);
    },
  );

  it.each(['', '?page=last', '?ordering=email', '?user=5000', '?search=person-1234'])(
    "an organization's members: %s",
    async (query) => {
      expect(await readFromBeginning(manager, `/api/orgs/${org.id}/members/${query}`)).toEqual([]);
    },
  );

  it.each(['?search=person-12345', '?is_staff=true'])('users, of whom these are few: %s', async (query) => {
    expect(await readFromBeginning(staff, `/api/admin/users/${query}`)).toEqual([]);
  });

  it.each([
    'action=key.rare',
    'actor=5000',
    'user=5000',
    'credential=session:5000',
    'subject_id=5000',
    'subject_type=access_key&subject_id=5000',
    'organization=:org',
    'since=:recently',
  ])('the audit log: %s', async (query) => {
    const recently = new Date(Date.now() - 3_600_000).toISOString();
    const narrowed = query.replace(':org', String(org.id)).replace(':recently', recently);
    expect(await readFromBeginning(staff, `/api/admin/audit-events/?${narrowed}`)).toEqual([]);
  });

  it.each(['api-keys/', 'api-keys/:key/', 'api-keys/:key/call-summaries/', 'call-summaries/'])(
    "an organization's provider keys and the days on which they were used: %s",
    async (path) => {
      const named = path.replace(':key', String(providerKey));
      expect(await readFromBeginning(manager, `/api/orgs/${org.id}/${named}`)).toEqual([]);
    },
  );
});
