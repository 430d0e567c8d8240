import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { DataSource } from 'typeorm';

const EVERY_MS = 60_000;
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
export class CallFolding implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('CallFolding');
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<unknown> | undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly http: HttpAdapterHost,
  ) {}

  onApplicationBootstrap(): void {
    // Beside HTTP only; the adapter is not there at the command line, whatever its type says.
    if (!(this.http.httpAdapter as unknown)) return;
    this.timer = setInterval(() => {
      this.running ??= this.run()
        .catch((error: unknown) =>
          this.logger.warn({ msg: 'The ledger could not be folded.', cause: String(error) }),
        )
        .finally(() => (this.running = undefined));
    }, EVERY_MS).unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
  }

  /** Folds all that is old by now; gives the number of rows. */
  async run(): Promise<number> {
    let total = 0;
    for (let batch = BATCH; batch === BATCH; total += batch) {
      const rows = await this.dataSource.query<{ folded: number }[]>(FOLD);
      batch = rows[0]?.folded ?? 0;
    }
    return total;
  }
}
