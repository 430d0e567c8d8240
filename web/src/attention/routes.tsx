import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { signedInRoute } from '../shell/routes';
import { attentionQuery } from './queries';

export const attentionRoutes = [
  createRoute({
    getParentRoute: () => signedInRoute,
    path: '/',
    loader: ({ context }) => void context.queryClient.prefetchQuery(attentionQuery),
    component: lazyRouteComponent(() => import('./home-page'), 'HomePage'),
  }),
] as const;
