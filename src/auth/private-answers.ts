import type { FastifyRequest, onSendHookHandler } from 'fastify';
import { SESSION_COOKIE } from './own-cookies.js';

/** Where answers hold tokens, keys, links or what only their caller may see. */
const PRIVATE_PATHS = ['/api/auth/', '/api/admin/', '/mcp'];

/**
 * Keeps answers out of caches, refusals included (ASVS 14.3.2, RFC 6749 §5.1): everything under the authentication and
 * admin paths, and everything that was asked for with a session cookie; and tells caches that the cookie matters.
 */
export const keepAnswersPrivate: onSendHookHandler = (request, reply, _payload, done) => {
  const path = request.routePath ?? request.url;
  if (path.startsWith('/api/')) {
    const vary = reply.getHeader('vary');
    void reply.header('Vary', vary === undefined ? 'Cookie' : `${String(vary)}, Cookie`);
  }
  if (PRIVATE_PATHS.some((prefix) => path.startsWith(prefix)) || cameWithSession(request)) {
    void reply.header('Cache-Control', 'no-store');
  }
  done();
};

function cameWithSession({ headers }: FastifyRequest): boolean {
  return headers.cookie?.includes(`${SESSION_COOKIE}=`) ?? false;
}
