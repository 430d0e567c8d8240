import { readDatabaseEnv } from '../../config/env.js';
import { migrate } from '../../database/migrate.js';
import { openDatabase } from '../../database/open-database.js';

/** Brings the schema up to date for a role of this name; gives the migrations that ran. */
export async function migrateDatabase(serviceRole: string | undefined): ReturnType<typeof migrate> {
  const database = await openDatabase(readDatabaseEnv());
  try {
    const { DATABASE_URL: databaseUrl, MIGRATION_DATABASE_URL: migrationDatabaseUrl = databaseUrl ?? '' } =
      database.env;
    return await migrate({ databaseUrl, migrationDatabaseUrl, serviceRole });
  } finally {
    await database.close();
  }
}
