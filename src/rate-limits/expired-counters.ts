import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { DataSource } from 'typeorm';

const EVERY_MS = 60_000;
/** Rows that one statement deletes: few enough that nobody waits for it. */
const BATCH = 10_000;
/** Counters expire by the clocks of the instances: what one instance holds for over may not be over for another. */
const SLACK_SECONDS = 60;

/**
 * Deletes counters whose window is over, so the table holds no more than was counted within the longest window (E8).
 * Every instance does it; they pass over each other's rows.
 */
@Injectable()
export class ExpiredCounters implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('RateLimits');
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
      this.running ??= this.delete()
        .catch((error: unknown) =>
          this.logger.warn({ msg: 'expired counters could not be deleted', cause: String(error) }),
        )
        .finally(() => (this.running = undefined));
    }, EVERY_MS).unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
  }

  /** Deletes all that is over by now; gives the number of rows. */
  async delete(): Promise<number> {
    let deleted = 0;
    let batch: number;
    do {
      [, batch] = await this.dataSource.query<[unknown, number]>(
        `DELETE FROM rate_limits WHERE key IN (
           SELECT key FROM rate_limits
           WHERE expire < extract(epoch FROM app_now() - make_interval(secs => $1)) * 1000
           LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)`,
        [SLACK_SECONDS],
      );
      deleted += batch;
    } while (batch === BATCH);
    return deleted;
  }
}
