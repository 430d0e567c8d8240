import type { onSendHookHandler } from 'fastify';
import type { JudgedRequest } from '../access/decorators.js';

/**
 * Warnings in the traffic (contract §4): whoever calls with a key that is about to end, or that was rotated, is told in
 * every answer, also in one that refuses.
 */
export const warnOfKeys: onSendHookHandler = (request, reply, _payload, done) => {
  const credential = (request as JudgedRequest).principal?.credential;
  if (credential?.scheme === 'access_key') {
    const { ending, expiresAt, supersededBy } = credential;
    if (ending && expiresAt) void reply.header('CryptoComply-Key-Expires-At', expiresAt.toISOString());
    if (supersededBy) void reply.header('CryptoComply-Key-Superseded-By', supersededBy);
  }
  done();
};
