import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { inBatches, RecurringJob } from '../common/background/recurring-job.js';
import { NOW_MS } from './counter.js';

/** Rows that one statement deletes: few enough that nobody waits for it. */
const BATCH = 10_000;

/**
 * Deletes counters whose window is over, so the table holds no more than was counted within the longest window (E8).
 * Every instance does it; they pass over each other's rows.
 */
@Injectable()
export class ExpiredCounters extends RecurringJob {
  protected readonly everyMs = 60_000;

  constructor(private readonly dataSource: DataSource) {
    super();
  }

  /** Deletes all that is over by now; gives the number of rows. */
  run(signal?: AbortSignal): Promise<number> {
    return inBatches(BATCH, signal, async () => {
      const [, deleted] = await this.dataSource.query<[unknown, number]>(
        `DELETE FROM rate_limits WHERE key IN (
           SELECT key FROM rate_limits
           WHERE expire <= ${NOW_MS} LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)`,
      );
      return deleted;
    });
  }
}
