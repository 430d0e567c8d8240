/**
 * Durations of this process, in milliseconds, from a clock that never steps. The time of day is never taken from
 * here: what expires is judged by the database's clock, `app_now()`, which all instances share.
 */
export function monotonicMs(): number {
  return performance.now();
}

/**
 * The time of day in milliseconds since 1970, from this machine's clock: only for what a third party's protocol demands,
 * such as the date in a signature. Nothing of ours is judged by it.
 */
export function timeOfDay(): number {
  return Date.now();
}
