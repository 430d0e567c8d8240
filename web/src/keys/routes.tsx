import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { listSearch } from '../components/list-search';
import { signedInRoute } from '../shell/routes';
import { grantsQuery, keysQuery, ownRequestsQuery } from './queries';

const keysRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/keys',
  validateSearch: listSearch(
    'status',
    'organization',
    'access_level',
    'expires_before',
    'last_used_before',
    'never_used',
  ),
  loaderDeps: ({ search }) => search,
  loader: ({ context: { queryClient }, deps }) => {
    void queryClient.prefetchQuery(keysQuery(deps));
    void queryClient.prefetchQuery(grantsQuery);
    void queryClient.prefetchQuery(ownRequestsQuery);
  },
  component: lazyRouteComponent(() => import('./keys-page'), 'KeysPage'),
});

const keyRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/keys/$id',
  component: lazyRouteComponent(() => import('./key-page'), 'KeyPage'),
});

export const keysRoutes = [keysRoute, keyRoute] as const;
