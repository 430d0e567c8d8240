import { randomBytes } from 'node:crypto';
import { Client, Pool } from 'pg';
import { OWNER_ROLE, restrictDatabase, SERVICE_ROLE, withClient } from '../../src/database/embedded/roles.js';

/** A database of one spec file's own: a clone of the migrated template. */
export interface TestDatabase {
  /** service role: what the app under test runs as */
  databaseUrl: string;
  /** owner role */
  migrationDatabaseUrl: string;
  superuserUrl: string;
  /** Runs one statement as superuser and answers its rows. */
  query<T extends object = Record<string, unknown>>(sql: string, params?: unknown[]): Promise<T[]>;
  /** Sets app_now() to the real time plus `seconds` (not to the last shift plus them); 0 sets it right again. */
  shiftClock(seconds: number): Promise<void>;
  /** Removes the database, cutting what is still connected to it. */
  drop(): Promise<void>;
}

/** A PostgreSQL that has a migrated template. */
export interface TemplateServer {
  readonly superuserUrl: string;
  readonly template: string;
}

/**
 * Clones the template (some 50–110 ms) of the run's PostgreSQL, or of another. One for each spec file: make it in
 * `beforeAll`, drop it in `afterAll`.
 */
export async function createTestDatabase(server: TemplateServer = serverOfTheRun()): Promise<TestDatabase> {
  const name = `spec_${randomBytes(6).toString('hex')}`;
  const urlOf = (role: string, database: string): string => urlAt(server, role, database);
  const asAdministrator = <T>(work: (client: Client) => Promise<T>): Promise<T> =>
    withClient(urlOf('postgres', 'postgres'), work);
  await asAdministrator(async (client) => {
    await client.query(`CREATE DATABASE ${name} TEMPLATE ${server.template} OWNER ${OWNER_ROLE}`);
    await restrictDatabase(client, name);
  });
  const superuserUrl = urlOf('postgres', name);
  const pool = new Pool({ connectionString: superuserUrl, max: 4 });
  pool.on('error', () => undefined); // a spec may cut connections
  const query: TestDatabase['query'] = async (sql, params) => (await pool.query(sql, params)).rows;
  return {
    databaseUrl: urlOf(SERVICE_ROLE, name),
    migrationDatabaseUrl: urlOf(OWNER_ROLE, name),
    superuserUrl,
    query,
    shiftClock: async (seconds) => {
      await query(
        `CREATE OR REPLACE FUNCTION public.app_now() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE
         AS $$ SELECT statement_timestamp() + make_interval(secs => ${String(Number(seconds))}) $$`,
      );
    },
    drop: async () => {
      await pool.end();
      await asAdministrator((client) => client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
    },
  };
}

function urlAt({ superuserUrl }: TemplateServer, role: string, database: string): string {
  const url = new URL(superuserUrl);
  url.username = role;
  url.pathname = `/${database}`;
  return url.toString();
}

function serverOfTheRun(): TemplateServer {
  return { superuserUrl: variable('TEST_SUPERUSER_URL'), template: variable('TEST_TEMPLATE_DATABASE') };
}

function variable(name: string): string {
  const value = process.env[name];
  if (!value)
    throw new Error(
      `${name} is not set: it comes from test/support/global-setup.ts, so run specs through Jest.`,
    );
  return value;
}
