import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { listSearch } from '../components/list-search';
import { signedInRoute } from '../shell/routes';
import { sessionsQuery } from './queries';

export const accountRoutes = [
  createRoute({
    getParentRoute: () => signedInRoute,
    path: '/account',
    validateSearch: listSearch(),
    loaderDeps: ({ search }) => search,
    loader: ({ context, deps }) => void context.queryClient.prefetchQuery(sessionsQuery(deps)),
    component: lazyRouteComponent(() => import('./account-page'), 'AccountPage'),
  }),
] as const;
