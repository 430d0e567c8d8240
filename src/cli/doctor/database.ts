import { Client } from 'pg';
import { timeOfDay } from '../../common/clock.js';
import type { Env } from '../../config/env.js';
import { GRANTS } from '../../database/grants.js';
import { APPLIED_MIGRATIONS, MIGRATIONS } from '../../database/migrations.js';
import { ReadOnlyServer } from '../../database/session.js';
import { assertSettings, assertOwnSessions, UnusableDatabase } from '../../database/session-check.js';
import { obstacleOf } from '../../process/failures.js';
import { type Finding, finding, problem, warning } from './finding.js';
import { encryption } from './encryption.js';

const PATIENCE_MS = 5_000;
/** PostgreSQL 15: the oldest that the migrations and all tests were run on. */
const OLDEST_VERSION = 150_000;
/** Connections that one process opens besides its pool, while it starts. */
const STARTING = 2;
const SKEW_WARNING_MS = 1_000;
const SKEW_PROBLEM_MS = 30_000;

type Sizes = Pick<Env, 'DATABASE_POOL_SIZE' | 'WEB_CONCURRENCY'>;
const ONE_PROCESS: Sizes = { DATABASE_POOL_SIZE: 10, WEB_CONCURRENCY: 1 };

/** What there is to say about the database that `url` leads to, as the service would meet it. Changes nothing. */
export async function examineDatabase(
  url: string,
  production: boolean,
  sizes = ONE_PROCESS,
): Promise<Finding[]> {
  const client = new Client({
    connectionString: url,
    application_name: 'cryptocomply-doctor',
    connectionTimeoutMillis: PATIENCE_MS,
    query_timeout: PATIENCE_MS,
  });
  client.on('error', () => undefined); // the statement in flight tells of it
  try {
    await client.connect();
    return [
      await server(client),
      await primary(client),
      await encryption(client, url, production),
      await durability(client),
      await role(client),
      ...(await schema(client)),
      await pooler(url),
      await connections(client, sizes),
      await clock(client),
    ];
  } catch (error) {
    const obstacle = obstacleOf(error);
    if (!obstacle) throw error;
    return [finding('database', 'out of reach', problem(obstacle.message))];
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function one<T extends object>(client: Client, sql: string, values: unknown[] = []): Promise<T> {
  const { rows } = await client.query<T>(sql, values);
  if (!rows[0]) throw new Error('A statement that always has a row had none.');
  return rows[0];
}

async function server(client: Client): Promise<Finding> {
  const { version, number } = await one<{ version: string; number: number }>(
    client,
    `SELECT current_setting('server_version') AS version, current_setting('server_version_num')::int AS number`,
  );
  const old = number < OLDEST_VERSION && problem('Upgrade the server to PostgreSQL 15 or later.');
  return finding('database version', `PostgreSQL ${version}`, old);
}

async function primary(client: Client): Promise<Finding> {
  const { standby, read_only: readOnly } = await one<{ standby: boolean; read_only: boolean }>(
    client,
    `SELECT pg_is_in_recovery() AS standby, current_setting('default_transaction_read_only')::boolean AS read_only`,
  );
  const found = standby ? 'a standby' : readOnly ? 'a primary that is set read-only' : 'a primary';
  const todo = 'Point DATABASE_URL at what follows the primary, or end `default_transaction_read_only`.';
  return finding('database server', found, (standby || readOnly) && problem(todo));
}

/** Whether what was acknowledged is still there after the power was cut. */
async function durability(client: Client): Promise<Finding> {
  const { rows } = await client.query<{ name: string; setting: string }>(
    `SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit') ORDER BY name`,
  );
  const off = rows.filter(({ setting }) => setting === 'off').map(({ name }) => name);
  const found = rows.map(({ name, setting }) => `${name}=${setting}`).join(' ');
  return finding(
    'durability',
    found,
    off.length > 0 && problem(`Turn on ${off.join(', ')}: what was acknowledged can be lost.`),
  );
}

/** The service's role owns nothing and can't widen itself (ASVS 13.2.2). */
async function role(client: Client): Promise<Finding> {
  const { name, can, owned } = await one<{ name: string; can: string[]; owned: number }>(
    client,
    `SELECT rolname AS name,
       array_remove(ARRAY[
         CASE WHEN rolsuper THEN 'is a superuser' END, CASE WHEN rolcreaterole THEN 'makes roles' END,
         CASE WHEN rolcreatedb THEN 'makes databases' END, CASE WHEN rolreplication THEN 'replicates' END,
         CASE WHEN rolbypassrls THEN 'bypasses row security' END,
         CASE WHEN has_schema_privilege('public', 'CREATE') THEN 'makes tables' END], NULL) AS can,
       (SELECT count(*)::int FROM pg_class WHERE relnamespace = 'public'::regnamespace AND pg_has_role(relowner, 'MEMBER')) AS owned
     FROM pg_roles WHERE rolname = current_user`,
  );
  const powers = [...can, ...(owned > 0 ? [`owns ${owned} tables and indexes`] : [])];
  return finding(
    'database role',
    powers.length > 0 ? `${name} ${powers.join(', ')}` : `${name} owns nothing and can't alter the schema`,
    powers.length > 0 &&
      problem(
        'Run the service as a role of its own (deploy/database.sql), and keep the owner for `cli migrate`.',
      ),
  );
}

async function schema(client: Client): Promise<Finding[]> {
  const done = await migrationsOf(client);
  const pending = MIGRATIONS.filter(({ name }) => !done.includes(name)).length;
  const unknown = done.filter((name) => !MIGRATIONS.some((known) => known.name === name)).length;
  if (pending > 0)
    return [
      finding(
        'schema',
        `${pending} of ${MIGRATIONS.length} migrations are missing`,
        problem('Run `cli migrate`.'),
      ),
    ];
  const newer =
    unknown > 0 && warning('A later release has migrated it. Go on with the upgrade of this instance.');
  return [
    finding('schema', unknown > 0 ? `${unknown} migrations newer than this release` : 'current', newer),
    await privileges(client, unknown > 0),
  ];
}

async function migrationsOf(client: Client): Promise<string[]> {
  try {
    return (await client.query<{ name: string }>(APPLIED_MIGRATIONS)).rows.map(({ name }) => name);
  } catch (error) {
    // No such table: nothing ever migrated. Not allowed: nobody granted anything yet, which `migrate` does, too.
    if (['42P01', '42501'].includes(String((error as { code?: unknown }).code))) return [];
    throw error;
  }
}

const PRIVILEGES = ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER'];

/** Exactly those of database/grants.ts; where a later release has granted, at least those. */
async function privileges(client: Client, later: boolean): Promise<Finding> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT privilege || ' on ' || relname AS name FROM pg_class, unnest($1::text[]) AS privilege
     WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm') AND has_table_privilege(oid, privilege)`,
    [PRIVILEGES],
  );
  const held = new Set(rows.map(({ name }) => name));
  const due = new Set(
    Object.entries(GRANTS).flatMap(([table, granted]) =>
      granted.split(', ').map((one) => `${one} on ${table}`),
    ),
  );
  const lacking = [...due].filter((name) => !held.has(name));
  const beyond = later ? [] : [...held].filter((name) => !due.has(name));
  const found = [
    ...(lacking.length > 0 ? [`lacks ${lacking.join(', ')}`] : []),
    ...(beyond.length > 0 ? [`has more than its own: ${beyond.join(', ')}`] : []),
  ];
  return finding(
    'privileges',
    found.join('; ') ||
      `${later ? 'at least' : 'exactly'} those of its ${Object.keys(GRANTS).length} tables and views`,
    found.length > 0 &&
      problem('Run `cli migrate`, which sets them right; what PUBLIC or another role lends, take away.'),
  );
}

async function pooler(url: string): Promise<Finding> {
  try {
    await assertOwnSessions(url);
    await assertSettings(url);
    return finding('sessions', 'its own, with the limits that the service sets');
  } catch (error) {
    if (!(error instanceof UnusableDatabase || error instanceof ReadOnlyServer)) throw error;
    return finding('sessions', 'not as the service needs them', problem(error.message));
  }
}

async function connections(
  client: Client,
  { DATABASE_POOL_SIZE: pool, WEB_CONCURRENCY: processes }: Sizes,
): Promise<Finding> {
  const { most, others } = await one<{ most: number; others: number }>(
    client,
    `SELECT least(
         current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int,
         (SELECT CASE rolconnlimit WHEN -1 THEN NULL ELSE rolconnlimit END FROM pg_roles WHERE rolname = current_user),
         (SELECT CASE datconnlimit WHEN -1 THEN NULL ELSE datconnlimit END FROM pg_database WHERE datname = current_database())
       ) AS most,
       (SELECT count(*)::int FROM pg_stat_activity WHERE backend_type = 'client backend' AND datname <> current_database()) AS others`,
  );
  const need = processes * (pool + STARTING);
  const instances = Math.floor((most - others) / need);
  return finding(
    'connections',
    `${most} at most, an instance like this takes ${need}: room for ${instances}`,
    instances < 2 &&
      (instances < 1 ? problem : warning)(
        'Raise max_connections, or lower DATABASE_POOL_SIZE: an upgrade runs two instances for a while.',
      ),
  );
}

async function clock(client: Client): Promise<Finding> {
  const before = timeOfDay();
  const { theirs } = await one<{ theirs: number }>(
    client,
    'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS theirs',
  );
  const skew = Math.round(theirs - (before + timeOfDay()) / 2);
  return finding(
    'clock',
    `the database is ${Math.abs(skew)} ms ${skew < 0 ? 'behind' : 'ahead'}`,
    Math.abs(skew) > SKEW_WARNING_MS &&
      (Math.abs(skew) > SKEW_PROBLEM_MS ? problem : warning)(
        'Set both clocks by NTP: what expires is judged by the database’s, what is signed for providers by this machine’s.',
      ),
  );
}
