import { LOCALE, t } from '../strings/strings';

const UNITS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 365 * 86_400],
  ['month', 30 * 86_400],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
];

/** Made when it is first asked for: making one takes longer than drawing a row. */
function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

const relative = once(() => new Intl.RelativeTimeFormat(LOCALE, { numeric: 'auto' }));
const exact = once(() => new Intl.DateTimeFormat(LOCALE, { dateStyle: 'medium', timeStyle: 'medium' }));
const exactUtc = once(
  () => new Intl.DateTimeFormat(LOCALE, { dateStyle: 'medium', timeStyle: 'medium', timeZone: 'UTC' }),
);
const day = once(() => new Intl.DateTimeFormat(LOCALE, { dateStyle: 'long' }));
const number = once(() => new Intl.NumberFormat(LOCALE));

/** An instant in words, seen from another: `3 days ago`, `in 2 hours`, `just now`. */
export function inWords(instant: Date, now: Date): string {
  const seconds = Math.trunc((instant.getTime() - now.getTime()) / 1000); // half a second short of a day is 23 hours
  const unit = UNITS.find(([, size]) => Math.abs(seconds) >= size);
  if (unit) return relative().format(Math.trunc(seconds / unit[1]), unit[0]);
  return seconds > 0 ? t.common.inAMoment : t.common.justNow;
}

/** The viewer's date of an instant: `28 November 2026`. */
export function dateInWords(instant: Date): string {
  return day().format(instant);
}

/** An instant exactly, in the viewer's zone and in UTC. */
export function exactly(instant: Date): string {
  return `${exact().format(instant)} (${exactUtc().format(instant)} UTC)`;
}

/** A number with its thousands set apart: `1,437`. */
export function grouped(count: number): string {
  return number().format(count);
}
