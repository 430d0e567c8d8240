import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import type { DataSource } from 'typeorm';
import { monotonicMs } from '../common/clock.js';
import { Throttled } from '../common/errors.js';
import type { RateLimitSetting } from '../config/rate-limits.js';

/** One attempt that was let through and counted. */
export interface Taken {
  /** Takes it out of the count again. */
  giveBack(): Promise<void>;
}

interface Options extends RateLimitSetting {
  readonly name: string;
  /** Attempts are taken out again when they turn out well, so the count can fall before the window ends. */
  readonly refundable: boolean;
}

/**
 * One limit: at most `count` attempts of a subject in a window of `seconds`, which opens with the first. Counted in the
 * database by one atomic statement, so all instances together keep it, and parallel attempts can't slip through
 * (better-auth 1.6.17). Subjects come hashed. Errors of the database are passed on as they are.
 */
export class Counter {
  private readonly limiter: RateLimiterPostgres;
  private readonly refundable: boolean;

  constructor(dataSource: DataSource, { name, count, seconds, refundable }: Options) {
    this.refundable = refundable;
    this.limiter = new RateLimiterPostgres({
      storeClient: dataSource,
      storeType: 'typeorm',
      tableName: 'rate_limits',
      tableCreated: true,
      clearExpiredByTimeout: false,
      keyPrefix: name,
      points: count,
      duration: seconds,
    });
  }

  /** Counts an attempt before it is made. Errors: Throttled, with the rest of the window. */
  async take(subject: string): Promise<Taken> {
    try {
      const { msBeforeNext } = await this.limiter.consume(subject);
      const endsAt = monotonicMs() + msBeforeNext;
      return { giveBack: () => this.giveBack(subject, endsAt) };
    } catch (refusal) {
      if (!(refusal instanceof RateLimiterRes)) throw refusal;
      // A refused attempt must not count, or it would stand in the way after those in flight have turned out well.
      if (this.refundable) await this.giveBack(subject, monotonicMs() + refusal.msBeforeNext);
      throw new Throttled(refusal.msBeforeNext / 1_000);
    }
  }

  /** Forgets all attempts of a subject. */
  async clear(subject: string): Promise<void> {
    await this.limiter.delete(subject);
  }

  /** Whether a subject has a window open. */
  async isOpen(subject: string): Promise<boolean> {
    return (await this.limiter.get(subject)) !== null;
  }

  /** Opens a subject's window anew, from now. */
  async open(subject: string): Promise<void> {
    await this.limiter.set(subject, 1, this.limiter.duration);
  }

  /** Nothing to give back once the window is over: the next one must not start below zero. */
  private async giveBack(subject: string, endsAt: number): Promise<void> {
    if (monotonicMs() < endsAt) await this.limiter.reward(subject);
  }
}
