import type { FastifyInstance, onResponseHookHandler, onSendHookHandler } from 'fastify';

/** A hook: what is answered once nobody new is let in is the last on its connection, so that no proxy keeps it for more. */
export const partWithConnections: onSendHookHandler = (_request, reply, _payload, done) => {
  if (!reply.server.server.listening) void reply.header('Connection', 'close');
  done();
};

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
