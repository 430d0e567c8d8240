import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { inBatches, RecurringJob } from '../../common/background/recurring-job.js';

/** Rows that one statement deletes: few enough that nobody waits for it. */
const BATCH = 1_000;

/** Deletes sets of keys that were counted and not revoked in time. Every instance does it; they pass over each other's rows. */
@Injectable()
export class LapsedCounts extends RecurringJob {
  protected readonly everyMs = 10 * 60_000;

  constructor(private readonly dataSource: DataSource) {
    super();
  }

  /** Deletes all that has lapsed by now; gives the number of rows. */
  run(signal?: AbortSignal): Promise<number> {
    return inBatches(BATCH, signal, async () => {
      const [, deleted] = await this.dataSource.query<[unknown, number]>(
        `DELETE FROM bulk_revocations WHERE id IN (
           SELECT id FROM bulk_revocations WHERE expires_at <= app_now() LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)`,
      );
      return deleted;
    });
  }
}
