import type { Command } from 'commander';
import { print } from './output.js';

/** `cli migrate`: needs the database's URLs alone. */
export function define(command: Command): void {
  command
    .option(
      '--role <name>',
      'the role that the service runs as (default: DATABASE_URL’s, else cryptocomply_service)',
    )
    .addHelpText(
      'after',
      `
As MIGRATION_DATABASE_URL, the role that owns the tables, or, where that is not set, as DATABASE_URL. May be run at any
time and by several at once: one migrates, the others wait and find nothing to do. What a later release has migrated is
left as it is.

Examples:
  MIGRATION_DATABASE_URL=postgres://cryptocomply_owner@db/cryptocomply cli migrate
  cli migrate --role auth_service --json`,
    )
    .action(async ({ role }: { role?: string }) => {
      const { migrateDatabase } = await import('./actions/migrate.js');
      print(command, { migrations: await migrateDatabase(role) });
    });
}
