/**
 * Durations of this process, in milliseconds, from a clock that never steps. The time of day is never taken from
 * here: what expires is judged by the database's clock, `app_now()`, which all instances share.
 */
export function monotonicMs(): number {
  return performance.now();
}

/**
 * The time of day in milliseconds since 1970, from this machine's clock: for what tells when something was, such as log lines
 * and the `iat` of a new key, and for what `doctor` compares with the database. No credential is judged by it.
 */
export function timeOfDay(): number {
  return Date.now();
}
