import { createRoute } from '@tanstack/react-router';
import { signedInRoute } from '../shell/routes';
import { HomePage } from './home-page';

export const attentionRoutes = [
  createRoute({ getParentRoute: () => signedInRoute, path: '/', component: HomePage }),
] as const;
