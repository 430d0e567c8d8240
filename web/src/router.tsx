import type { QueryClient } from '@tanstack/react-query';
import { createRouter, parseSearchWith, stringifySearchWith } from '@tanstack/react-router';
import { accountRoutes } from './account/routes';
import { attentionRoutes } from './attention/routes';
import { keysRoutes } from './keys/routes';
import { organizationRoutes } from './organization/routes';
import { setPasswordRoute } from './set-password/routes';
import { rootRoute, signedInRoute } from './shell/routes';
import { signInRoute } from './sign-in/routes';
import { staffRoutes } from './staff/routes';

const routeTree = rootRoute.addChildren([
  signInRoute,
  setPasswordRoute,
  signedInRoute.addChildren([
    ...attentionRoutes,
    ...keysRoutes,
    ...accountRoutes,
    ...organizationRoutes,
    ...staffRoutes,
  ]),
]);

/** Every page and its path. */
export function newRouter(queryClient: QueryClient) {
  return createRouter({
    routeTree,
    context: { queryClient },
    defaultPreload: 'intent',
    defaultPreloadStaleTime: 0, // what is stale, the query client knows
    scrollRestoration: true,
    // Every value is a text, as the API's own filters are: `?actor=21`, and not `?actor="21"`.
    parseSearch: parseSearchWith((value) => value),
    stringifySearch: stringifySearchWith(String),
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof newRouter>;
  }
}
