import { Client } from 'pg';
import type { TestDatabase } from './database.js';

/**
 * Does the work, and tells how many connections were seen to wait at once meanwhile for a lock that somebody's transaction
 * holds: the most of all samples. The moment in which PostgreSQL makes a table's file longer is none of these.
 */
export async function mostLockWaitsDuring(
  database: TestDatabase,
  work: () => Promise<unknown>,
): Promise<number> {
  const client = new Client({ connectionString: database.superuserUrl });
  await client.connect();
  let working = true;
  const waits: number[] = [];
  const sampling = (async () => {
    while (working || waits.length === 0) {
      const { rows } = await client.query<{ n: number }>(
        `SELECT count(*)::int AS n FROM pg_stat_activity
         WHERE datname = current_database() AND wait_event_type = 'Lock' AND wait_event <> 'extend'`,
      );
      waits.push(rows[0]?.n ?? NaN);
    }
  })();
  try {
    await work();
  } finally {
    working = false;
    await sampling;
    await client.end();
  }
  return Math.max(...waits);
}
