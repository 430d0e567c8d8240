import type { onRequestHookHandler } from 'fastify';
import { withoutCredentials } from '../common/credential-forms.js';

/** A request id that we take over from the caller: short, and safe to print anywhere. */
const REQUEST_ID = /^[\w.:-]{1,128}$/;

/** The caller's request id when it is well-formed, and no credential, for it is told and kept; otherwise Fastify makes one. */
export function wellFormedRequestId(header: string | string[] | undefined): string | undefined {
  if (typeof header !== 'string' || !REQUEST_ID.test(header)) return undefined;
  return withoutCredentials(header) === header ? header : undefined;
}

/** Every answer carries the request's id. */
export const answerRequestId: onRequestHookHandler = (request, reply, done) => {
  void reply.header('X-Request-Id', request.id);
  done();
};
