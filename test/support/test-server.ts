import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  type EmbeddedPostgres,
  findEmbeddedPostgres,
  startEmbeddedPostgres,
} from '../../src/database/embedded/embedded-postgres.js';
import { isAlive } from '../../src/database/embedded/pid-file.js';
import { withClient } from '../../src/database/embedded/roles.js';
import { newSigningKey } from '../../src/config/secrets.js';
import { migrate } from '../../src/database/migrate.js';

const PREFIX = 'cryptocomply-test-';
/** The database that specs clone. */
export const TEMPLATE = 'template_of_tests';

/**
 * Starts this run's PostgreSQL in a temporary folder, migrates the template database and puts into the environment what
 * database.ts beside this file reads, TEST_SUPERUSER_URL and TEST_TEMPLATE_DATABASE, and env.ts: TEST_JWT_KEYS.
 */
export async function startTestServer(): Promise<{ stop: () => Promise<void> }> {
  await removeLeftovers();
  const dataDir = newServerFolder();
  const server = await startEmbeddedPostgres({
    dataDir,
    database: TEMPLATE,
    durable: false,
    maxConnections: 300,
  });
  const stop = () => remove(dataDir, server);
  try {
    await makeTemplate(server);
  } catch (error) {
    await stop();
    throw error;
  }
  process.env['TEST_SUPERUSER_URL'] = server.superuserUrl;
  process.env['TEST_TEMPLATE_DATABASE'] = TEMPLATE;
  process.env['TEST_JWT_KEYS'] = JSON.stringify({ keys: [newSigningKey()] });
  return { stop };
}

/** A folder for a server of this process; if the process is killed, the next run removes it. */
export function newServerFolder(): string {
  return mkdtempSync(path.join(tmpdir(), `${PREFIX}${String(process.pid)}-`));
}

/** Migrates the server's database and makes a template of it. */
export async function makeTemplate(
  server: Pick<EmbeddedPostgres, 'superuserUrl' | 'databaseUrl' | 'migrationDatabaseUrl'>,
): Promise<void> {
  await migrate(server);
  const elsewhere = new URL(server.superuserUrl);
  elsewhere.pathname = '/postgres';
  // A database that somebody is connected to can't be cloned.
  const sql = `ALTER DATABASE ${TEMPLATE} ALLOW_CONNECTIONS false`;
  await withClient(elsewhere.toString(), (client) => client.query(sql));
}

/** Stops the servers of runs that were killed, and removes their folders. */
async function removeLeftovers(): Promise<void> {
  for (const name of readdirSync(tmpdir())) {
    const pid = new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1];
    if (!pid || isAlive(Number(pid))) continue;
    const dataDir = path.join(tmpdir(), name);
    try {
      await remove(dataDir, await findEmbeddedPostgres({ dataDir, database: 'postgres', durable: false }));
    } catch {
      // Another user's: theirs to remove.
    }
  }
}

/** Stops a server and removes its folder. */
export async function remove(dataDir: string, server: EmbeddedPostgres | null): Promise<void> {
  await server?.stop();
  for (const folder of new Set([dataDir, server?.dataDir ?? dataDir])) {
    rmSync(folder, { recursive: true, force: true });
  }
}
