import type { NavigationItem } from '../shell/navigation';
import { t } from '../strings/strings';

/** The pages of one organization, in the order in which they are listed. Their paths take the organization as `$orgId`. */
export const organizationNavigation: readonly NavigationItem[] = [
  { label: t.pages.members, to: '/orgs/$orgId/members', permission: 'member.view' },
  { label: t.pages.roles, to: '/orgs/$orgId/roles', permission: 'role.view' },
  { label: t.pages.keys, to: '/orgs/$orgId/keys', permission: 'access_key.view' },
  { label: t.pages.requests, to: '/orgs/$orgId/requests', permission: 'access_key.manage' },
  {
    label: t.pages.providerKeys,
    to: '/orgs/$orgId/provider-keys',
    permission: 'provider_key.view',
  },
  { label: t.pages.usage, to: '/orgs/$orgId/usage', permission: 'call_summary.view' },
  { label: t.pages.audit, to: '/orgs/$orgId/audit', permission: 'audit_event.view' },
  { label: t.pages.settings, to: '/orgs/$orgId/settings', permission: 'organization.view' },
];
