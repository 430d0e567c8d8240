import type { DataSource } from 'typeorm';
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

interface Window {
  readonly points: number;
  /** Milliseconds since 1970. */
  readonly expire: string;
  /** Milliseconds until then. */
  readonly left: number;
}

/** SQL: milliseconds since 1970 by the database's clock, which all instances share. */
export const NOW_MS = 'floor(extract(epoch FROM app_now()) * 1000)::bigint';

/**
 * Counts an attempt, in a window that it opens where none is open. No window ends later than one that opens now: if it does,
 * the clock was ahead when it opened, and nobody is to wait until it has caught up.
 */
const TAKE = `
  INSERT INTO rate_limits AS r (key, points, expire) VALUES ($1, 1, ${NOW_MS} + $2)
  ON CONFLICT (key) DO UPDATE SET
    points = CASE WHEN r.expire <= ${NOW_MS} THEN 1 ELSE r.points + 1 END,
    expire = CASE WHEN r.expire <= ${NOW_MS} THEN excluded.expire ELSE least(r.expire, excluded.expire) END
  RETURNING points, expire, (expire - ${NOW_MS})::float8 AS left`;

/** Nothing is given back to a later window, nor to one that was cleared: none must begin below zero. */
const GIVE_BACK = 'UPDATE rate_limits SET points = points - 1 WHERE key = $1 AND points > 0 AND expire <= $2';

const OPEN = `
  INSERT INTO rate_limits (key, points, expire) VALUES ($1, 1, ${NOW_MS} + $2)
  ON CONFLICT (key) DO UPDATE SET points = excluded.points, expire = excluded.expire`;

/**
 * One limit: at most `count` attempts of a subject in a window of `seconds`, which opens with the first. Counted in the
 * database by one atomic statement, so all instances together keep it, and parallel attempts can't slip through
 * (better-auth 1.6.17). Subjects come hashed. Errors of the database are passed on as they are.
 */
export class Counter {
  private readonly name: string;
  private readonly count: number;
  private readonly windowMs: number;
  private readonly refundable: boolean;

  constructor(
    private readonly dataSource: DataSource,
    { name, count, seconds, refundable }: Options,
  ) {
    this.name = name;
    this.count = count;
    this.windowMs = seconds * 1_000;
    this.refundable = refundable;
  }

  /** Counts an attempt before it is made. Errors: Throttled, with the rest of the window. */
  async take(subject: string): Promise<Taken> {
    const key = this.keyOf(subject);
    const [window] = await this.dataSource.query<[Window]>(TAKE, [key, this.windowMs]);
    const giveBack = async (): Promise<void> => {
      await this.dataSource.query(GIVE_BACK, [key, window.expire]);
    };
    if (window.points <= this.count) return { giveBack };
    // A refused attempt must not count, or it would stand in the way after those in flight have turned out well.
    if (this.refundable) await giveBack();
    throw new Throttled(window.left / 1_000);
  }

  /** Forgets all attempts of a subject. */
  async clear(subject: string): Promise<void> {
    await this.dataSource.query('DELETE FROM rate_limits WHERE key = $1', [this.keyOf(subject)]);
  }

  /** Whether a subject has a window open. */
  async isOpen(subject: string): Promise<boolean> {
    const [row] = await this.dataSource.query<{ open: boolean }[]>(
      `SELECT expire > ${NOW_MS} AS open FROM rate_limits WHERE key = $1`,
      [this.keyOf(subject)],
    );
    return row?.open === true;
  }

  /** Opens a subject's window anew, from now. */
  async open(subject: string): Promise<void> {
    await this.dataSource.query(OPEN, [this.keyOf(subject), this.windowMs]);
  }

  private keyOf(subject: string): string {
    return `${this.name}:${subject}`;
  }
}
