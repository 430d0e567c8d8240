import { Client } from 'pg';
import { DataSource } from 'typeorm';
import { dataSourceOptions } from './data-source.js';
import { grantTo } from './grants.js';
import { APPLIED_MIGRATIONS, MIGRATIONS } from './migrations.js';
import { SERVICE_ROLE } from './embedded/roles.js';
import { assertOwnSessions, UnusableDatabase } from './session-check.js';
import { writeSystemRoles } from './system-roles.js';

/** Any number, as long as everybody who migrates this database takes the same. */
const MIGRATION_LOCK = 7_261_001;

interface Databases {
  /** The role that owns the tables. */
  migrationDatabaseUrl: string;
  /** How the service connects; its role gets the privileges, unless `serviceRole` names another. */
  databaseUrl?: string | undefined;
  /** The role that the service runs as; without it and `databaseUrl`: the one that deploy/database.sql makes. */
  serviceRole?: string | undefined;
}

/**
 * Brings the schema and the system roles up to date and gives the service's role its privileges. Safe to run twice and by
 * several processes at once: one migrates, the others wait and find nothing to do. What a later release has migrated is left as
 * it is: this one would take away privileges and permissions that only that one knows of. Gives the names of the migrations it
 * ran. Errors: UnusableDatabase, and the database's own.
 */
export async function migrate({
  migrationDatabaseUrl,
  databaseUrl,
  serviceRole,
}: Databases): Promise<string[]> {
  const role = serviceRole ?? (databaseUrl === undefined ? SERVICE_ROLE : roleOf(databaseUrl));
  await assertOwnSessions(migrationDatabaseUrl); // else the lock would stay behind in somebody else's session
  const owner = new Client({
    connectionString: migrationDatabaseUrl,
    application_name: 'cryptocomply-migrate',
  });
  await owner.connect();
  try {
    await assertRole(role, owner);
    await owner.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const names = await runMigrations(migrationDatabaseUrl);
    if (names.length === 0 && (await isLater(owner))) {
      if (serviceRole !== undefined) throw new UnusableDatabase(LATER);
      return [];
    }
    await writeSystemRoles(owner);
    if (role !== roleOf(migrationDatabaseUrl)) await grantTo(role, owner);
    return names;
  } finally {
    await owner.end();
  }
}

const LATER =
  'a later release has migrated it, whose privileges this one does not know. Run `migrate` of that release. Nothing was changed.';

/** Whether this database has seen migrations that this release doesn't know. */
async function isLater(owner: Client): Promise<boolean> {
  const { rows } = await owner.query<{ name: string }>(APPLIED_MIGRATIONS);
  return rows.some(({ name }) => !MIGRATIONS.some((known) => known.name === name));
}

async function assertRole(role: string, owner: Client): Promise<void> {
  const { rowCount } = await owner.query('SELECT FROM pg_roles WHERE rolname = $1', [role]);
  if (!rowCount)
    throw new UnusableDatabase(
      `it has no role "${role}" for the service. Make it (deploy/database.sql), or name another with \`--role\`. Nothing was changed.`,
    );
}

async function runMigrations(url: string): Promise<string[]> {
  const options = dataSourceOptions({ url, poolSize: 1 });
  const dataSource = new DataSource({
    ...options,
    extra: {},
    migrations: MIGRATIONS,
    migrationsTransactionMode: 'each',
  });
  await dataSource.initialize();
  try {
    return (await dataSource.runMigrations()).map(({ name }) => name);
  } finally {
    await dataSource.destroy();
  }
}

/** The role that a connection string logs in as. */
function roleOf(url: string): string {
  return new Client({ connectionString: url }).user ?? '';
}
