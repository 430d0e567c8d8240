import type { NavigationItem } from '../shell/navigation';
import { t } from '../strings/strings';

/** The pages of one organization, in the order in which they are listed. Their paths take the organization as `$orgId`. */
export const organizationNavigation: readonly NavigationItem[] = [
  { label: t.organization.members.title, to: '/orgs/$orgId/members', permission: 'member.view' },
  { label: t.organization.roles.title, to: '/orgs/$orgId/roles', permission: 'role.view' },
  { label: t.organization.keys.title, to: '/orgs/$orgId/keys', permission: 'access_key.view' },
  { label: t.requests.title, to: '/orgs/$orgId/requests', permission: 'access_key.manage' },
  {
    label: t.organization.providerKeys.title,
    to: '/orgs/$orgId/provider-keys',
    permission: 'provider_key.view',
  },
  { label: t.organization.usage.title, to: '/orgs/$orgId/usage', permission: 'call_summary.view' },
  { label: t.audit.title, to: '/orgs/$orgId/audit', permission: 'audit_event.view' },
  { label: t.organization.settings.title, to: '/orgs/$orgId/settings', permission: 'organization.view' },
];
