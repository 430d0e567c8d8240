import type { onSendHookHandler } from 'fastify';

/** Fastify adds a charset, which JSON doesn't have (RFC 8259 §11), and which clients that compare the whole header trip over. */
export const plainJsonType: onSendHookHandler = (_request, reply, _payload, done) => {
  if (reply.getHeader('content-type') === 'application/json; charset=utf-8') {
    void reply.header('content-type', 'application/json');
  }
  done();
};
