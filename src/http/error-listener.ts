import type { FastifyRequest } from 'fastify';

/**
 * Hears of errors, once the answer is on its way, so that its time tells nothing of what becomes of the
 * news. The error filter knows no more of the listener than this; the listener provides itself under this name.
 */
export abstract class ErrorListener {
  /** Returns at once and never throws. */
  abstract onAnswered(thrown: unknown, request: FastifyRequest): void;
}
