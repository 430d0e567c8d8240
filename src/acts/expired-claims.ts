import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { inBatches, RecurringJob } from '../common/background/recurring-job.js';
import { deleteExpired } from './claims.js';

/** Rows that one statement deletes: few enough that nobody waits for it. */
const BATCH = 1_000;

/** Deletes the answers that were kept for 24 hours. Every instance does it; they pass over each other's rows. */
@Injectable()
export class ExpiredClaims extends RecurringJob {
  protected readonly everyMs = 10 * 60_000;

  constructor(private readonly dataSource: DataSource) {
    super();
  }

  /** Deletes all that is over by now; gives the number of rows. */
  run(signal?: AbortSignal): Promise<number> {
    return inBatches(BATCH, signal, () => deleteExpired(this.dataSource.manager, BATCH));
  }
}
