import { monotonicMs } from '../common/clock.js';

/** How many are remembered; then all are forgotten, and the table is asked for them again. */
const MOST = 10_000;

/**
 * Who is over a limit that only time ends, and until when: a flood is refused without the table, and costs this process
 * hardly more than a good request (E6).
 */
export class OverLimit {
  private readonly until = new Map<string, number>();

  /** Seconds until an attempt like this may be made again; 0: nothing is known against it. */
  secondsLeft(attempt: string): number {
    const until = this.until.get(attempt);
    if (until === undefined) return 0;
    const milliseconds = until - monotonicMs();
    if (milliseconds > 0) return milliseconds / 1_000;
    this.until.delete(attempt);
    return 0;
  }

  remember(attempt: string, seconds: number): void {
    if (this.until.size >= MOST) this.until.clear();
    this.until.set(attempt, monotonicMs() + seconds * 1_000);
  }
}
