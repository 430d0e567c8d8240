import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { inBatches, RecurringJob } from '../common/background/recurring-job.js';

/** Rows that one statement deletes: few enough that nobody waits for it. */
const BATCH = 1_000;
/** Any number, as long as all instances take the same and nobody else does. */
const CLEANUP_LOCK = 7_261_002;

/**
 * What is dead by the clock and told by the audit log: nobody misses the rows. A family stays as long as it has a token,
 * so that a replay is noticed until the token would have expired anyway.
 */
const DEAD: readonly { table: string; where: string }[] = [
  { table: 'refresh_tokens', where: 'expires_at <= app_now()' },
  {
    table: 'token_families',
    where: 'NOT EXISTS (SELECT FROM refresh_tokens t WHERE t.family_id = token_families.id)',
  },
  {
    table: 'sessions',
    where: 'ended_at IS NOT NULL OR expires_at <= app_now() OR idle_expires_at <= app_now()',
  },
  {
    // Those that were made through a key stay: it is asked what it made, and whom a link let in most of all (contract §4).
    table: 'password_links',
    where: `(used_at IS NOT NULL OR expires_at <= app_now()) AND coalesce(created_via, '') NOT LIKE 'access_key:%'`,
  },
];

/** Deletes expired tokens, sessions and links: in small batches, by one instance at a time, in no hurry. */
@Injectable()
export class AuthCleanup extends RecurringJob {
  protected readonly everyMs = 10 * 60_000;

  constructor(private readonly dataSource: DataSource) {
    super();
  }

  /** Deletes all that is dead now; gives the number of rows. Does nothing while another instance is at it. */
  async run(signal?: AbortSignal): Promise<number> {
    let deleted = 0;
    for (const { table, where } of DEAD)
      deleted += await inBatches(BATCH, signal, () => this.deleteBatch(table, where));
    return deleted;
  }

  /** Rows that a request holds at this moment are left for the next time. */
  private deleteBatch(table: string, where: string): Promise<number> {
    return this.dataSource.transaction(async (manager) => {
      const [lock] = await manager.query<[{ got: boolean }]>('SELECT pg_try_advisory_xact_lock($1) AS got', [
        CLEANUP_LOCK,
      ]);
      if (!lock.got) return 0;
      const [, count] = await manager.query<[unknown, number]>(
        `DELETE FROM ${table} WHERE id IN (SELECT id FROM ${table} WHERE ${where} LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)`,
      );
      return count;
    });
  }
}
