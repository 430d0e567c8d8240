import type { CSSProperties, ReactNode } from 'react';
import classes from './dot-badge.module.css';

interface Props {
  /** Of the component library: `teal`. */
  color: string;
  /** More about the state, on hover. */
  title?: string | undefined;
  children: ReactNode;
}

/** A state in a word: the colour is on the dot alone, so that the word is read on any ground. */
export function DotBadge({ color, title, children }: Props) {
  const dot = { '--dot': `var(--mantine-color-${color}-6)` } as CSSProperties;
  return (
    <span className={classes.badge} style={dot} title={title}>
      {children}
    </span>
  );
}
