import { monotonicMs } from '../common/clock.js';
import { Throttled } from '../common/errors.js';

/** How many are remembered; then all are forgotten, and the table is asked for them again. */
const MOST = 10_000;

/**
 * Who is over a limit that only time ends, and until when: a flood is refused without the table, and costs this process
 * hardly more than a good request (E6).
 */
export class OverLimit {
  private readonly until = new Map<string, number>();

  /** Errors: Throttled, while an attempt like this is remembered. */
  refuse(attempt: string): void {
    const until = this.until.get(attempt);
    if (until === undefined) return;
    const milliseconds = until - monotonicMs();
    if (milliseconds > 0) throw new Throttled(milliseconds / 1_000);
    this.until.delete(attempt);
  }

  remember(attempt: string, seconds: number): void {
    if (this.until.has(attempt)) return;
    if (this.until.size >= MOST) this.until.clear();
    this.until.set(attempt, monotonicMs() + seconds * 1_000);
  }
}
