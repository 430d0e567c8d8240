import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { sessionIdOf } from '../presented-credential.js';

/** The session id in the cookie of a public endpoint, unproven; `undefined` if there is none that could be ours. */
export const PresentedSession = createParamDecorator((_data: unknown, context: ExecutionContext) =>
  sessionIdOf(context.switchToHttp().getRequest<FastifyRequest>()),
);
