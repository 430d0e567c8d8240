import { Client } from 'pg';
import type { Answer } from './client.js';
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

/**
 * Sends a request that the guards let pass and whose write has to wait for the lock that `change` takes, and lets it go on
 * once the change has committed, together with `also`, if that is given.
 */
export async function changedInBetween(
  database: TestDatabase,
  change: string,
  send: () => Promise<Answer>,
  also?: string,
): Promise<Answer> {
  const held = await hold(database, change);
  const answer = send();
  await held.waitedFor();
  await held.finish(also);
  return answer;
}
