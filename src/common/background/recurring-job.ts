import { Inject, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';

/**
 * Work that comes back every `everyMs` milliseconds while the service serves HTTP (not at the command line), one run at
 * a time. A run that fails is logged and tried again the next time; shutting down waits for the run under way.
 */
export abstract class RecurringJob implements OnApplicationBootstrap, OnApplicationShutdown {
  protected abstract readonly everyMs: number;
  private readonly logger = new Logger(this.constructor.name);
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<unknown> | undefined;

  @Inject(HttpAdapterHost)
  private readonly http!: HttpAdapterHost;

  /** Does what is due by now; gives the number of rows it went through. */
  abstract run(): Promise<number>;

  onApplicationBootstrap(): void {
    // At the command line there is no adapter, whatever its type says.
    if (!(this.http.httpAdapter as unknown)) return;
    this.timer = setInterval(() => {
      this.running ??= this.run()
        .catch((error: unknown) => this.logger.warn({ msg: 'The job failed.', cause: String(error) }))
        .finally(() => (this.running = undefined));
    }, this.everyMs).unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
  }
}

/** Runs `work` until it finds less than a whole batch to do; gives the number of rows of all batches together. */
export async function inBatches(size: number, work: () => Promise<number>): Promise<number> {
  let total = 0;
  for (let batch = size; batch === size; total += batch) batch = await work();
  return total;
}
