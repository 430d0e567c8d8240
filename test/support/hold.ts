import { Client } from 'pg';
import type { TestDatabase } from './database.js';
import { until } from './until.js';

/** A transaction that a test keeps open, so that something else has to wait for it. */
export interface Held {
  /** Resolves when something, or so many, wait for a lock. */
  waitedFor(many?: number): Promise<void>;
  /** Runs one more statement, if any, and commits. */
  finish(sql?: string): Promise<void>;
}

/** Opens a transaction, runs `sql` in it, and keeps it open. */
export async function hold(database: TestDatabase, sql: string): Promise<Held> {
  const client = new Client({ connectionString: database.superuserUrl });
  await client.connect();
  await client.query('BEGIN');
  await client.query(sql);
  return {
    waitedFor: (many = 1) =>
      until(async () => {
        const waiting = await database.query(
          `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
        );
        return waiting.length >= many;
      }),
    finish: async (last) => {
      if (last) await client.query(last);
      await client.query('COMMIT');
      await client.end();
    },
  };
}
