import type { NavigationItem } from '../shell/navigation';
import { t } from '../strings/strings';

/** The staff's pages, in the order in which they are listed. */
export const staffNavigation: readonly NavigationItem[] = [
  { label: t.pages.organizations, to: '/staff/orgs' },
  { label: t.pages.users, to: '/staff/users' },
  { label: t.pages.allKeys, to: '/staff/keys' },
  { label: t.pages.requests, to: '/staff/requests' },
  { label: t.pages.grants, to: '/staff/grants' },
  { label: t.pages.audit, to: '/staff/audit' },
];
