import type { onRequestHookHandler } from 'fastify';

/**
 * What browsers are told with every answer (OWASP REST security cheat sheet, ASVS 3.4): never to guess the type, never to
 * frame it, never to run anything of it, and to come back by https alone. Written out, because working it out anew for
 * every request cost more than proving who is calling.
 */
export const SECURITY_HEADERS = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

/** The one page that runs scripts: the reader of the API's description. It loads what this service serves, nothing else,
 * and runs files alone; it sets styles on what it shows, which no nonce could allow. */
const PAGE = '/api/docs';
const PAGE_HEADERS = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "img-src 'self' data:",
    "font-src 'self' data:",
    "style-src 'self' 'unsafe-inline'",
  ].join('; '),
  'cross-origin-opener-policy': 'same-origin',
};

/** Sends them with every answer of this server, refusals included. */
export const sendSecurityHeaders: onRequestHookHandler = (request, reply, done) => {
  void reply.headers(SECURITY_HEADERS);
  if (request.routePath?.startsWith(PAGE)) void reply.headers(PAGE_HEADERS);
  done();
};
