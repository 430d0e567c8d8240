import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { listSearch } from '../components/list-search';
import { signedInRoute } from '../shell/routes';

const getParentRoute = () => signedInRoute;

/** The pages of one organization. */
export const organizationRoutes = [
  createRoute({
    getParentRoute,
    path: '/orgs/$orgId/members',
    validateSearch: listSearch('status', 'role'),
    component: lazyRouteComponent(() => import('./members-page'), 'MembersPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/orgs/$orgId/roles',
    component: lazyRouteComponent(() => import('./roles-page'), 'RolesPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/orgs/$orgId/settings',
    component: lazyRouteComponent(() => import('./settings-page'), 'SettingsPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/orgs/$orgId/keys',
    validateSearch: listSearch(
      'status',
      'breach',
      'user',
      'longest_key_lifetime_days',
      'longest_unused_days',
    ),
    component: lazyRouteComponent(() => import('./org-keys-page'), 'OrganizationKeysPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/orgs/$orgId/keys/revoke',
    component: lazyRouteComponent(() => import('./bulk-revocation-page'), 'BulkRevocationPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/orgs/$orgId/requests',
    validateSearch: listSearch('status', 'user'),
    component: lazyRouteComponent(() => import('./requests-page'), 'RequestsPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/orgs/$orgId/provider-keys',
    validateSearch: listSearch('key_type', 'health'),
    component: lazyRouteComponent(() => import('./provider-keys-page'), 'ProviderKeysPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/orgs/$orgId/usage',
    validateSearch: listSearch('days'),
    component: lazyRouteComponent(() => import('./usage-page'), 'UsagePage'),
  }),
  createRoute({
    getParentRoute,
    path: '/orgs/$orgId/audit',
    validateSearch: listSearch('action', 'actor', 'user', 'since', 'until'),
    component: lazyRouteComponent(() => import('./audit-page'), 'AuditPage'),
  }),
] as const;
