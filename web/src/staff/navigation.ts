import type { NavigationItem } from '../shell/navigation';
import { t } from '../strings/strings';

/** The staff's pages, in the order in which they are listed. */
export const staffNavigation: readonly NavigationItem[] = [
  { label: t.staff.orgs.title, to: '/staff/orgs' },
  { label: t.staff.users.title, to: '/staff/users' },
  { label: t.staff.keys.title, to: '/staff/keys' },
  { label: t.requests.title, to: '/staff/requests' },
  { label: t.staff.grants.title, to: '/staff/grants' },
  { label: t.staff.audit.title, to: '/staff/audit' },
];
