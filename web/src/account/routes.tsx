import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { listSearch } from '../components/list-search';
import { signedInRoute } from '../shell/routes';

export const accountRoutes = [
  createRoute({
    getParentRoute: () => signedInRoute,
    path: '/account',
    validateSearch: listSearch(),
    component: lazyRouteComponent(() => import('./account-page'), 'AccountPage'),
  }),
] as const;
