import type { NavigationItem } from '../shell/navigation';

/** The staff's pages, in the order in which they are listed. */
export const staffNavigation: readonly NavigationItem[] = [];
