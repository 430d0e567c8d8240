import { type SyntheticEvent, useEffect, useId, useState } from 'react';
import { createPortal } from 'react-dom';
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

/** The present, anew every so many seconds. */
export function useNow(everySeconds = 30): Date {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), everySeconds * 1000);
    return () => clearInterval(timer);
  }, [everySeconds]);
  return now;
}

/** Half of the widest tip, in pixels: so far from the edges of the screen its middle stays. */
const TIP_REACH = 176;

/** An instant in words; exactly for whoever points at it, taps it, or comes to it by the keyboard. `empty` where there is none. */
export function Time({
  value,
  empty = t.common.never,
}: {
  value: string | null | undefined;
  empty?: string;
}) {
  const now = useNow();
  const id = useId();
  const [at, setAt] = useState<{ left: number; top: number }>();
  if (!value) return <>{empty}</>;
  const instant = new Date(value);
  const show = ({ currentTarget }: SyntheticEvent<HTMLElement>) => {
    const { left, width, bottom } = currentTarget.getBoundingClientRect();
    const middle = Math.max(TIP_REACH, Math.min(left + width / 2, innerWidth - TIP_REACH));
    setAt({ left: middle + scrollX, top: bottom + scrollY });
  };
  const hide = () => setAt(undefined);
  return (
    <time
      dateTime={value}
      className="time"
      tabIndex={0}
      aria-describedby={at && id}
      onPointerEnter={show}
      onPointerLeave={hide}
      onFocus={show}
      onBlur={hide}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !at) return;
        event.stopPropagation(); // it closes the tip, and not the dialog around it
        hide();
      }}
    >
      {inWords(instant, now)}
      {at &&
        createPortal(
          <span role="tooltip" id={id} className="tip" style={at}>
            {exactly(instant)}
          </span>,
          document.body,
        )}
    </time>
  );
}
