import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { cookieOf, SESSION_COOKIE } from '../own-cookies.js';

/**
 * The session id in the cookie of a public endpoint, unproven; `undefined` if there is none that could be ours, or more
 * than one. It opens nothing there: logging in ends that session, and accepts its CSRF token.
 */
export const PresentedSession = createParamDecorator((_data: unknown, context: ExecutionContext) => {
  const session = cookieOf(context.switchToHttp().getRequest<FastifyRequest>().headers, SESSION_COOKIE);
  return session !== 'ambiguous' && session?.ours ? session.value : undefined;
});
