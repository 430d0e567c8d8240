import type { LinkProps } from '@tanstack/react-router';

/** An entry of the list of pages. */
export interface NavigationItem {
  label: string;
  to: NonNullable<LinkProps['to']>;
  /** Offered to those alone whose role holds it. */
  permission?: string;
}
