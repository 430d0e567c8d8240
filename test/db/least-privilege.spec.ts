import { readdirSync } from 'node:fs';
import { Client } from 'pg';
import { migrate } from '../../src/database/migrate.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

const ROLE = 'cryptocomply_service';
const PRIVILEGES = ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER'];

/** Privileges → the tables and views; written apart from src/database/grants.ts, so that neither is widened by mistake. */
const TABLES: Readonly<Record<string, string>> = {
  SELECT:
    'migrations audit_archived provider_key_days active_users memberships access_key_credentials session_credentials ' +
    'token_family_credentials user_names organization_policies',
  'SELECT, INSERT': 'audit_events audit_links audit_heads audit_verifications sealing_canaries',
  'SELECT, UPDATE': 'service_policy access_key_counts enabled_provider_keys',
  'SELECT, INSERT, UPDATE':
    'users organizations access_keys access_key_grants access_key_requests call_summaries',
  'SELECT, INSERT, DELETE': 'access_key_tally audit_unsealed tool_confirmations',
  'SELECT, INSERT, UPDATE, DELETE':
    'roles members bulk_revocations sessions token_families refresh_tokens password_links idempotency_keys rate_limits ' +
    'provider_keys provider_calls',
};

let database: TestDatabase;
let service: Client;
beforeAll(async () => {
  database = await createTestDatabase();
  service = new Client({ connectionString: database.databaseUrl });
  await service.connect();
});
afterAll(async () => {
  await service.end();
  await database.drop();
});

/** Every table and view, with what the service's role may do to it. */
async function privileges(): Promise<Record<string, string>> {
  const rows = await database.query<{ name: string; held: string[] }>(
    `SELECT c.relname AS name, array(
       SELECT p FROM unnest($2::text[]) WITH ORDINALITY AS all_of(p, n) WHERE has_table_privilege($1, c.oid, p) ORDER BY n
     ) AS held
     FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f')`,
    [ROLE, PRIVILEGES],
  );
  return Object.fromEntries(rows.map(({ name, held }) => [name, held.join(', ')]));
}

describe('The role that the service runs as (M4)', () => {
  it('may do to each table what is written down for it, and no more; to a table that is not named, nothing', async () => {
    await database.query('CREATE TABLE unnamed (id int)');
    const expected = Object.entries(TABLES).flatMap(([held, names]) =>
      names.split(' ').map((name) => [name, held]),
    );
    expect(await privileges()).toEqual({ ...Object.fromEntries(expected), unnamed: '' });
    await database.query('DROP TABLE unnamed');
  });

  it('owns nothing, belongs to no other role, and has no privilege over the server', async () => {
    const owned = await database.query(
      `SELECT relname::text AS name FROM pg_class WHERE relowner = $1::regrole
       UNION ALL SELECT proname::text FROM pg_proc WHERE proowner = $1::regrole
       UNION ALL SELECT nspname::text FROM pg_namespace WHERE nspowner = $1::regrole
       UNION ALL SELECT typname::text FROM pg_type WHERE typowner = $1::regrole
       UNION ALL SELECT datname::text FROM pg_database WHERE datdba = $1::regrole
       UNION ALL SELECT roleid::regrole::text FROM pg_auth_members WHERE member = $1::regrole`,
      [ROLE],
    );
    expect(owned).toEqual([]);
    const [role] = await database.query(
      `SELECT rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls FROM pg_roles WHERE rolname = $1`,
      [ROLE],
    );
    expect(new Set(Object.values(role ?? {}))).toEqual(new Set([false]));
  });

  it.each([
    'CREATE TABLE mine (id int)',
    'CREATE TEMPORARY TABLE mine (id int)',
    'CREATE SCHEMA mine',
    'CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$',
    'CREATE OR REPLACE FUNCTION app_now() RETURNS timestamptz LANGUAGE sql AS $$ SELECT now() $$',
    'CREATE EXTENSION dblink',
    'CREATE ROLE mine',
    'SET ROLE cryptocomply_owner',
    'ALTER TABLE access_keys DISABLE TRIGGER ALL',
    'DROP TABLE access_keys',
    'TRUNCATE sessions',
    'ALTER TABLE audit_events ADD COLUMN x int',
    'UPDATE audit_events SET action = action',
    'DELETE FROM audit_events',
    'UPDATE audit_links SET sequence = sequence',
    'DELETE FROM audit_heads',
    'DELETE FROM access_keys',
    'DELETE FROM users',
    'INSERT INTO migrations (timestamp, name) VALUES (1, $$mine$$)',
    'COPY users TO PROGRAM $$true$$',
    'SELECT pg_read_file($$/etc/hostname$$)',
    'SELECT rolpassword FROM pg_authid',
  ])('is refused: %s', async (sql) => {
    await expect(service.query(sql)).rejects.toMatchObject({
      code: expect.stringMatching(/^(?:42501|0A000)$/),
    });
  });
});

describe('Migrations', () => {
  it('beside a running service take nothing from it, not even for a moment (N8)', async () => {
    let over = false;
    const migrated = Promise.all([migrate(database), migrate(database), migrate(database)]);
    void migrated.finally(() => (over = true)).catch(() => undefined);
    const refused: unknown[] = [];
    let asked = 0;
    for (; !over; asked += 1)
      await service.query('SELECT FROM provider_key_days').catch((error) => refused.push(error));
    await migrated;
    expect(refused).toEqual([]);
    expect(asked).toBeGreaterThan(1);
  });

  it('that fail half-way leave the service what it had', async () => {
    const before = await privileges();
    await database.query('ALTER TABLE call_summaries RENAME TO elsewhere');
    await expect(migrate(database)).rejects.toThrow(/call_summaries/);
    await database.query('ALTER TABLE elsewhere RENAME TO call_summaries');
    expect(await privileges()).toEqual(before);
  });

  it('run by five at once and then again, on an empty database: once, and none of them fails (N8)', async () => {
    const [{ name } = { name: '' }] = await database.query<{ name: string }>(
      'SELECT current_database() AS name',
    );
    const before = await privileges();
    const tables = await database.query<{ sql: string }>(
      `SELECT 'DROP SCHEMA public CASCADE; CREATE SCHEMA public AUTHORIZATION cryptocomply_owner' AS sql`,
    );
    expect(name).toMatch(/^spec_/);
    await database.query(tables[0]?.sql ?? '');
    const ran = await Promise.all(Array.from({ length: 5 }, () => migrate(database)));
    const files = readdirSync('migrations').filter((file) => file.endsWith('.ts'));
    expect(ran.map((names) => names.length).toSorted()).toEqual([0, 0, 0, 0, files.length]);
    expect(await migrate(database)).toEqual([]);
    expect(await privileges()).toEqual(before);
  });

  it('a fresh database has no user, no key, no organization, no session (M6)', async () => {
    for (const table of [
      'users',
      'access_keys',
      'organizations',
      'members',
      'sessions',
      'token_families',
      'provider_keys',
    ])
      expect({ table, rows: await database.query(`SELECT * FROM ${table}`) }).toEqual({ table, rows: [] });
  });

  it('run as the owner; as the service’s role they are refused (M4)', async () => {
    const { databaseUrl } = database;
    await database.query('DELETE FROM migrations WHERE id = (SELECT max(id) FROM migrations)');
    await expect(migrate({ databaseUrl, migrationDatabaseUrl: databaseUrl })).rejects.toThrow(
      /permission denied|must be owner/,
    );
  });
});
