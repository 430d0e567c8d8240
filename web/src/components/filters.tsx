import type { ReactNode } from 'react';
import classes from './filters.module.css';

/** What narrows a list: in a row, and on a narrow screen as wide as the list is. */
export function Filters({ children }: { children: ReactNode }) {
  return <div className={classes.filters}>{children}</div>;
}

/** Of a field that has a line of its own there. */
export const ownLine = classes.ownLine ?? '';
