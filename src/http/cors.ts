import cors, { type FastifyCorsOptions } from '@fastify/cors';
import type { FastifyInstance, FastifyRequest, onRequestHookHandler } from 'fastify';
import { inOrder, isCheck, type Paths } from './paths.js';

/** What a page of another site may send (contract §1). */
const REQUEST_HEADERS = [
  'Authorization',
  'Content-Type',
  'If-Match',
  'Idempotency-Key',
  'X-Request-Id',
  'CryptoComply-Provider-Key',
];

/** What of an answer it may read, besides what every page may. Spelled out: `*` does not cover `Authorization`'s like. */
const ANSWER_HEADERS = [
  'ETag',
  'Retry-After',
  'X-Request-Id',
  'WWW-Authenticate',
  'CryptoComply-Ignored-Parameters',
  'CryptoComply-Key-Expires-At',
  'CryptoComply-Key-Superseded-By',
  'CryptoComply-Provider-Status',
];

/** Seconds for which a browser may keep the answer to a preflight: what Chromium keeps at most. */
const PREFLIGHT_AGE = 7200;

/**
 * Lets pages of these very origins read answers (Fetch Standard, CORS protocol). Cookies are never allowed across origins, and
 * the CSRF check asks PUBLIC_ORIGIN alone: with a credential in the `Authorization` header a page can do what its user can.
 * A gateway's check says nothing of it: who may read what stands behind the gateway is not ours to say.
 */
export function installCors(fastify: FastifyInstance, origins: readonly string[], paths: Paths): void {
  if (origins.length === 0) return;
  const allowed = new Set(origins);
  const optionsOf = (request: FastifyRequest): FastifyCorsOptions => {
    const { origin = '' } = request.headers;
    return {
      origin: allowed.has(origin) && !isCheck(request) ? origin : false,
      methods: inOrder(paths.methodsOf(request) ?? []),
      allowedHeaders: REQUEST_HEADERS,
      exposedHeaders: ANSWER_HEADERS,
      maxAge: PREFLIGHT_AGE,
      preflight: isPreflight(request),
      preflightContinue: true, // answered below, and only where there is such a path
    };
  };
  void fastify.register(cors, {
    delegator: (request: FastifyRequest, done: (error: null, options: FastifyCorsOptions) => void) =>
      done(null, optionsOf(request)),
  });
}

/**
 * A browser asks before it sends: it brings no credential, and whatever the answer, nothing was done. But for a gateway's check,
 * whose 2xx would open whatever stands behind the gateway.
 */
export const answerPreflight: onRequestHookHandler = (request, reply, done) => {
  if (isPreflight(request) && !isCheck(request)) void reply.code(200).header('Content-Length', '0').send();
  else done();
};

function isPreflight({ method, headers }: FastifyRequest): boolean {
  return (
    method === 'OPTIONS' &&
    headers.origin !== undefined &&
    headers['access-control-request-method'] !== undefined
  );
}
