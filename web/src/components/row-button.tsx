import type { ButtonHTMLAttributes, Ref } from 'react';

interface Props extends ButtonHTMLAttributes<HTMLButtonElement> {
  ref?: Ref<HTMLButtonElement>;
  /** It ends something. */
  danger?: boolean;
  /** What it did is under way: it does nothing meanwhile. */
  busy?: boolean;
}

/** What can be done with a row of a table. The browser's own button: a page of a list has a hundred of them. */
export function RowButton({ danger = false, busy = false, disabled = false, ...others }: Props) {
  return (
    <button
      type="button"
      className={danger ? 'row-button danger' : 'row-button'}
      disabled={busy || disabled}
      aria-busy={busy || undefined}
      {...others}
    />
  );
}
