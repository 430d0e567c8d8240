import type { Command } from 'commander';
import { readEnv } from '../config/env.js';
import { migrate } from '../database/migrate.js';
import { openDatabase } from '../database/open-database.js';
import { print } from './output.js';

/** `cli migrate` */
export function addMigrateCommand(program: Command): void {
  program
    .command('migrate')
    .description(
      'bring the schema up to date, as MIGRATION_DATABASE_URL, and grant DATABASE_URL’s role its privileges',
    )
    .action(async (_options: object, command: Command) => {
      const database = await openDatabase(readEnv());
      try {
        const { DATABASE_URL: databaseUrl = '', MIGRATION_DATABASE_URL: migrationDatabaseUrl = databaseUrl } =
          database.env;
        print(command, { migrations: await migrate({ databaseUrl, migrationDatabaseUrl }) });
      } finally {
        await database.close();
      }
    });
}
