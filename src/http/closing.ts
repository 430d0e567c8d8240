import type { FastifyInstance, onResponseHookHandler } from 'fastify';

/**
 * A connection whose request was under way when the server began to close is kept alive after the answer, as clients ask
 * for, and then nobody would close it: the server would wait for it until its patience is over.
 */
export function endConnectionsWhenClosing(fastify: FastifyInstance): onResponseHookHandler {
  let closing = false;
  fastify.addHook('preClose', (done) => {
    closing = true;
    done();
  });
  return (_request, _reply, done) => {
    if (closing) setImmediate(() => fastify.server.closeIdleConnections());
    done();
  };
}
