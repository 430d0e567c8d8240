import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { inBatches, RecurringJob } from '../common/background/recurring-job.js';

/** Rows that one statement folds: few enough that nobody waits for it. */
const BATCH = 5_000;

/**
 * Takes old rows out of the ledger and adds them to the summaries of their days, in one statement and so in one
 * transaction: whoever reads sees each call once, before and after. A row waits for its outcome, but not for ever: no
 * call lasts an hour, so one without an outcome by then is of a process that was killed.
 */
const FOLD = `
  WITH old AS (
    DELETE FROM provider_calls WHERE id IN (
      SELECT id FROM provider_calls
      WHERE sent_at < app_now() - CASE WHEN succeeded IS NULL THEN interval '1 hour' ELSE interval '1 minute' END
      ORDER BY id LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)
    RETURNING provider_key_id, day, succeeded, sent_at
  ), folded AS (
    INSERT INTO call_summaries AS s (provider_key_id, day, calls, succeeded, failed, last_call_at)
    SELECT provider_key_id, day, count(*), count(*) FILTER (WHERE succeeded), count(*) FILTER (WHERE NOT succeeded),
      max(sent_at)
    FROM old GROUP BY provider_key_id, day ORDER BY provider_key_id, day
    ON CONFLICT (provider_key_id, day) DO UPDATE SET
      calls = s.calls + excluded.calls, succeeded = s.succeeded + excluded.succeeded,
      failed = s.failed + excluded.failed, last_call_at = greatest(s.last_call_at, excluded.last_call_at)
  )
  SELECT count(*)::integer AS folded FROM old`;

/** Folds old rows of the ledger by day: in batches, in all instances, which pass over each other's rows. */
@Injectable()
export class CallFolding extends RecurringJob {
  protected readonly everyMs = 60_000;

  constructor(private readonly dataSource: DataSource) {
    super();
  }

  /** Folds all that is old by now; gives the number of rows. */
  run(signal?: AbortSignal): Promise<number> {
    return inBatches(BATCH, signal, async () => {
      const [row] = await this.dataSource.query<{ folded: number }[]>(FOLD);
      return row?.folded ?? 0;
    });
  }
}
