import { useEffect, useState } from 'react';
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

/** An instant in words, seen from another: `3 days ago`, `in 2 hours`, `just now`. */
export function inWords(instant: Date, now: Date): string {
  const seconds = Math.round((instant.getTime() - now.getTime()) / 1000);
  const unit = UNITS.find(([, size]) => Math.abs(seconds) >= size);
  return unit ? relative().format(Math.trunc(seconds / unit[1]), unit[0]) : relative().format(0, 'second');
}

/** The viewer's date of an instant: `28 November 2026`. */
export function dateInWords(instant: Date): string {
  return day().format(instant);
}

/** An instant exactly, in the viewer's zone and in UTC. */
export function exactly(instant: Date): string {
  return `${exact().format(instant)} (${exactUtc().format(instant)} UTC)`;
}

/** The present, anew every so many seconds. */
export function useNow(everySeconds = 30): Date {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), everySeconds * 1000);
    return () => clearInterval(timer);
  }, [everySeconds]);
  return now;
}

/** An instant in words, and exactly on hover: in the viewer's zone and in UTC. `empty` where there is none. */
export function Time({
  value,
  empty = t.common.never,
}: {
  value: string | null | undefined;
  empty?: string;
}) {
  const now = useNow();
  const [pointed, setPointed] = useState(false);
  if (!value) return <>{empty}</>;
  const instant = new Date(value);
  return (
    <time
      dateTime={value}
      title={pointed ? exactly(instant) : undefined}
      onPointerEnter={() => setPointed(true)}
    >
      {inWords(instant, now)}
    </time>
  );
}
