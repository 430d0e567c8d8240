import { Inject, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { StopSignal } from './stop-signal.js';

/**
 * Work that comes back every `everyMs` milliseconds while the service serves HTTP (not at the command line), one run at
 * a time. A run that fails is logged and tried again the next time. An instance that is about to end begins none, has the one
 * under way stop, and waits for that when it shuts down.
 */
export abstract class RecurringJob implements OnApplicationBootstrap, OnApplicationShutdown {
  protected abstract readonly everyMs: number;
  private readonly logger = new Logger(this.constructor.name);
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<unknown> | undefined;

  @Inject(HttpAdapterHost)
  private readonly http!: HttpAdapterHost;

  @Inject(StopSignal)
  private readonly stop!: StopSignal;

  /** Does what is due by now, or what of it comes before `signal`; gives the number of rows it went through. */
  abstract run(signal?: AbortSignal): Promise<number>;

  onApplicationBootstrap(): void {
    // At the command line there is no adapter, whatever its type says.
    if (!(this.http.httpAdapter as unknown)) return;
    const { signal } = this.stop;
    this.timer = setInterval(() => {
      if (signal.aborted) return;
      this.running ??= this.run(signal)
        .catch((error: unknown) => {
          if (error !== signal.reason) this.logger.warn({ msg: 'The job failed.', cause: String(error) });
        })
        .finally(() => (this.running = undefined));
    }, this.everyMs).unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
  }
}

/** Runs `work` until it finds less than a whole batch to do, or until `signal`; gives the number of rows of all batches together. */
export async function inBatches(
  size: number,
  signal: AbortSignal | undefined,
  work: () => Promise<number>,
): Promise<number> {
  let total = 0;
  for (let batch = size; batch === size && !signal?.aborted; total += batch) batch = await work();
  return total;
}
