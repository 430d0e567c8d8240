import type { FastifyRequest } from 'fastify';

/**
 * Who wants to hear of errors: told once the answer is on its way, so that its time tells nothing of what becomes of the
 * news. The error filter knows no more of the listener than this; the listener provides itself under this name.
 */
export abstract class AnsweredErrors {
  /** Returns at once and never throws. */
  abstract tell(thrown: unknown, request: FastifyRequest): void;
}
