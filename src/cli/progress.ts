import { monotonicMs } from '../common/clock.js';
import type { OnProgress } from '../common/on-progress.js';

/** How often a line is renewed where it is renewed in place, and how often there is a new one elsewhere. */
const EVERY_MS = { 'in place': 200, 'in lines': 2_000 } as const;

/** Tells on standard error how far long work is, at what rate, and how long it takes still. */
export class Progress {
  private readonly startedMs = monotonicMs();
  private toldMs = this.startedMs;
  private last: { done: number; total: number | undefined } | undefined;

  /** `how`: undefined tells nothing. */
  constructor(
    private readonly what: string,
    private readonly how: keyof typeof EVERY_MS | undefined,
  ) {}

  /** What the work is given to tell. */
  readonly onProgress: OnProgress = (done, total) => {
    this.last = { done, total };
    if (this.how === undefined || monotonicMs() - this.toldMs < EVERY_MS[this.how]) return;
    this.toldMs = monotonicMs();
    this.write();
  };

  /** Says how it ended. */
  end(): void {
    if (this.how === undefined || !this.last) return;
    this.write();
    if (this.how === 'in place') process.stderr.write('\n');
  }

  private write(): void {
    if (!this.last) return;
    const seconds = (monotonicMs() - this.startedMs) / 1000;
    const line = `${this.what}: ${progressText({ ...this.last, seconds })}`;
    process.stderr.write(this.how === 'in place' ? `\r\u001b[K${line}` : `${line}\n`);
  }
}

/** `12,000 of 48,000 (25 %), 3,000/s, 12 s left` */
export function progressText({
  done,
  total,
  seconds,
}: {
  done: number;
  total: number | undefined;
  seconds: number;
}): string {
  const rate = seconds > 0 ? done / seconds : 0;
  const perSecond = `${number(Math.round(rate))}/s`;
  if (total === undefined) return `${number(done)}, ${perSecond}`;
  const share = total > 0 ? Math.floor((100 * done) / total) : 100;
  const left = rate > 0 && done < total ? `, ${duration((total - done) / rate)} left` : '';
  return `${number(done)} of ${number(total)} (${share} %), ${perSecond}${left}`;
}

function number(value: number): string {
  return value.toLocaleString('en');
}

function duration(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < 60) return `${whole} s`;
  const [minutes, hours] = [Math.floor(whole / 60), Math.floor(whole / 3600)];
  return hours > 0 ? `${hours} h ${minutes % 60} min` : `${minutes} min ${whole % 60} s`;
}
