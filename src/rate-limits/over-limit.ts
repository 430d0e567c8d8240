import { monotonicMs } from '../common/clock.js';
import { Throttled } from '../common/errors.js';

/** How many are remembered; then all are forgotten, and the table is asked for them again. */
const MOST = 10_000;

/** What is known of an attempt that is over its limit. */
interface Over {
  readonly until: number;
  /** What it was told last: the same is told again as long as it is true. */
  refusal?: Throttled;
}

/**
 * Who is over a limit that only time ends, and until when: a flood is refused without the table, and costs this process
 * hardly more than good requests do (E6).
 */
export class OverLimit {
  private readonly known = new Map<string, Over>();

  /** The refusal of an attempt like this, in whole seconds; `undefined`: nothing is known against it. */
  refusalOf(attempt: string): Throttled | undefined {
    const over = this.known.get(attempt);
    if (over === undefined) return undefined;
    const seconds = Math.ceil((over.until - monotonicMs()) / 1_000);
    if (seconds <= 0) {
      this.known.delete(attempt);
      return undefined;
    }
    if (over.refusal?.seconds !== seconds) over.refusal = new Throttled(seconds);
    return over.refusal;
  }

  /** It may be made again in `seconds`. */
  remember(attempt: string, seconds: number): void {
    if (this.known.size >= MOST) this.known.clear();
    this.known.set(attempt, { until: monotonicMs() + seconds * 1_000 });
  }
}
