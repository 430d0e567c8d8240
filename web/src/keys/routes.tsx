import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { listSearch } from '../components/list-search';
import { signedInRoute } from '../shell/routes';

export const keysRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/keys',
  validateSearch: listSearch('status', 'organization', 'access_level'),
  component: lazyRouteComponent(() => import('./keys-page'), 'KeysPage'),
});

export const keysRoutes = [keysRoute] as const;
