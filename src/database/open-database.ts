import { type DatabaseEnv, withDatabase } from '../config/env.js';
import { startEmbeddedPostgres } from './embedded/embedded-postgres.js';
import { migrate } from './migrate.js';

/** The database that this process uses, and how it lets go of it. */
export interface OpenDatabase<E extends DatabaseEnv> {
  /** The configuration with the database's URL in it. */
  readonly env: E;
  /** Stops the server, if this process started it. */
  close(): Promise<void>;
}

/**
 * With DATABASE_URL set: that server, as it is. Without: the embedded PostgreSQL in DATA_DIR, started unless it runs
 * already, its schema brought up to date. Errors say what to do.
 */
export async function openDatabase<E extends DatabaseEnv>(env: E): Promise<OpenDatabase<E>> {
  if (!env.embedded) return { env, close: () => Promise.resolve() };
  const server = await startEmbeddedPostgres({
    dataDir: env.DATA_DIR,
    database: 'cryptocomply',
    durable: true,
  });
  try {
    await migrate(server);
  } catch (error) {
    await server.stop();
    throw error;
  }
  const { databaseUrl, migrationDatabaseUrl } = server;
  return { env: withDatabase(env, { databaseUrl, migrationDatabaseUrl }), close: () => server.stop() };
}
