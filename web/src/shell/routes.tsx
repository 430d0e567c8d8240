import type { QueryClient } from '@tanstack/react-query';
import { createRootRouteWithContext, createRoute, Outlet, redirect } from '@tanstack/react-router';
import { Problem } from '../api/problem';
import { meQuery } from '../api/me';
import { PageLoading } from '../components/states';
import { NotFoundPage, PageProblem } from './fallback-pages';
import { Shell } from './shell';

/** Above every page. */
export const rootRoute = createRootRouteWithContext<{ queryClient: QueryClient }>()({
  component: Outlet,
  notFoundComponent: () => (
    <main>
      <NotFoundPage />
    </main>
  ),
  errorComponent: ({ error, reset }) => (
    <main>
      <PageProblem error={error} onRetry={reset} />
    </main>
  ),
});

/** Above every page that needs somebody signed in. Whoever isn't goes to sign in, and comes back to where they wanted to. */
export const signedInRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'signed-in',
  beforeLoad: async ({ context, location }) => {
    try {
      await context.queryClient.ensureQueryData(meQuery);
    } catch (error) {
      if (!(error instanceof Problem) || error.status !== 401) throw error;
      throw redirect({ to: '/sign-in', search: location.href === '/' ? {} : { next: location.href } });
    }
  },
  component: Shell,
  pendingComponent: PageLoading,
  notFoundComponent: NotFoundPage,
  errorComponent: ({ error, reset }) => <PageProblem error={error} onRetry={reset} />,
});
