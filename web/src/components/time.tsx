import { type SyntheticEvent, useEffect, useId, useState } from 'react';
import { createPortal } from 'react-dom';
import { t } from '../strings/strings';
import { exactly, inWords } from './formats';

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
