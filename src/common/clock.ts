/**
 * Durations of this process, in milliseconds, from a clock that never steps. The time of day is never taken from
 * here: what expires is judged by the database's clock, `app_now()`, which all instances share.
 */
export function monotonicMs(): number {
  return performance.now();
}
