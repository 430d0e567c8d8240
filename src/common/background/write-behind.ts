import { type BeforeApplicationShutdown, Logger, type OnApplicationShutdown } from '@nestjs/common';

interface WriteBehindOptions {
  /** How long is collected before it is written, in milliseconds. Default: no longer than the write before it takes. */
  collectMs?: number;
  /** Items that one call of `write` gets. Default: 500. */
  batch?: number;
  /** What the log is told when a write fails. */
  failure: string;
}

/**
 * What requests leave to be written, off their path: collected, then written together, one write after another. A write
 * that fails is told by the log with the number of items that it lost; nobody waits for it. Stopping in order writes what
 * is left, before the server closes and once more after its last request; a killed process loses what still waited.
 */
export abstract class WriteBehind<Item> implements BeforeApplicationShutdown, OnApplicationShutdown {
  private readonly logger = new Logger(this.constructor.name);
  private waiting = new Map<unknown, Item>();
  private cancelDue: (() => void) | undefined;
  private writing: Promise<void> = Promise.resolve();
  private next: Promise<void> | undefined;

  protected constructor(private readonly options: WriteBehindOptions) {}

  /** Writes these items; what it throws is told by the log. */
  protected abstract write(items: readonly Item[]): Promise<unknown>;

  /** Is told, in one go, what is going to be written now. */
  protected taken?(items: readonly Item[]): void;

  /** What waits under this key. */
  protected left(key: unknown): Item | undefined {
    return this.waiting.get(key);
  }

  /** Leaves an item to be written, in place of what waits under the same key, if it has one; returns at once. */
  protected leave(item: Item, key: unknown = Symbol()): void {
    this.waiting.set(key, item);
    this.cancelDue ??= this.soon();
  }

  /** Writes what was left until now; resolves when that is done, also when it failed. */
  flush(): Promise<void> {
    this.cancelDue?.();
    this.cancelDue = undefined;
    return (this.next ??= this.writing.then(() => {
      this.next = undefined;
      return (this.writing = this.writeWaiting());
    }));
  }

  /** Resolves when nothing is left to be written. */
  async settled(): Promise<void> {
    do await this.flush();
    while (this.waiting.size > 0);
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.settled();
  }

  onApplicationShutdown(): Promise<void> {
    return this.settled();
  }

  private soon(): () => void {
    const { collectMs } = this.options;
    if (collectMs === undefined) {
      const immediate = setImmediate(() => void this.flush());
      return () => clearImmediate(immediate);
    }
    const timer = setTimeout(() => void this.flush(), collectMs).unref();
    return () => clearTimeout(timer);
  }

  private async writeWaiting(): Promise<void> {
    const items = [...this.waiting.values()];
    this.waiting = new Map();
    if (items.length > 0) this.taken?.(items);
    const { batch: size = 500, failure: msg } = this.options;
    for (let start = 0; start < items.length; start += size) {
      const batch = items.slice(start, start + size);
      try {
        await this.write(batch);
      } catch (error) {
        this.logger.warn({ msg, lost: batch.length, cause: String(error) });
      }
    }
  }
}
