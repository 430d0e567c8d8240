import type { NavigationItem } from '../shell/navigation';

/** The pages of one organization, in the order in which they are listed. Their paths take the organization as `$orgId`. */
export const organizationNavigation: readonly NavigationItem[] = [];
