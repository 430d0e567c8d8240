import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { listSearch } from '../components/list-search';
import { signedInRoute } from '../shell/routes';

const getParentRoute = () => signedInRoute;

/** The staff's pages. */
export const staffRoutes = [
  createRoute({
    getParentRoute,
    path: '/staff/orgs',
    validateSearch: listSearch('disabled'),
    component: lazyRouteComponent(() => import('./orgs-page'), 'OrganizationsPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/staff/orgs/$id',
    validateSearch: listSearch(),
    component: lazyRouteComponent(() => import('./org-page'), 'StaffOrganizationPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/staff/keys/revoke',
    component: lazyRouteComponent(() => import('./bulk-revocation-page'), 'StaffBulkRevocationPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/staff/users',
    validateSearch: listSearch('is_active', 'is_staff'),
    component: lazyRouteComponent(() => import('./users-page'), 'UsersPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/staff/keys',
    validateSearch: listSearch(
      'status',
      'breach',
      'user',
      'organization',
      'longest_key_lifetime_days',
      'longest_unused_days',
    ),
    component: lazyRouteComponent(() => import('./keys-page'), 'StaffKeysPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/staff/grants',
    validateSearch: listSearch('status', 'user', 'organization'),
    component: lazyRouteComponent(() => import('./grants-page'), 'GrantsPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/staff/requests',
    validateSearch: listSearch('status', 'user', 'organization'),
    component: lazyRouteComponent(() => import('./requests-page'), 'StaffRequestsPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/staff/audit',
    validateSearch: listSearch('action', 'actor', 'user', 'since', 'until', 'organization'),
    component: lazyRouteComponent(() => import('./audit-page'), 'StaffAuditPage'),
  }),
] as const;
