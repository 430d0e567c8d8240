import type { FastifyInstance } from 'fastify';
import findMyWay, { type HTTPMethod } from 'find-my-way';
import { MethodNotAllowed, NotFound, ParseError } from '../common/errors.js';
import { sendSecurityHeaders } from './security-headers.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** The path of the request's route, `/api/orgs/:org_pk`; `undefined`: there is none. */
    routePath: string | undefined;
  }
}

/** How deep JSON may nest. Nothing here needs more than three; unbounded depth overflows the stack of whoever walks it. */
const DEEPEST_JSON = 32;
/** A request id that we take over from the caller: short, and safe to print anywhere. */
const REQUEST_ID = /^[\w.:-]{1,128}$/;

/** The caller's request id when it is well-formed; otherwise Fastify makes one. */
export function wellFormedRequestId(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' && REQUEST_ID.test(header) ? header : undefined;
}

/**
 * What holds for every request before any guard runs (contract §1): the request id and the security headers on every
 * response, unknown paths 404, undeclared methods 405 with `Allow`, JSON as the only body, and an end to connections once
 * the server closes. Call it before the routes are registered.
 */
export function installHttpLayer(fastify: FastifyInstance): void {
  noteRoutePaths(fastify);
  answerRequestIds(fastify);
  sendSecurityHeaders(fastify);
  refuseUndeclaredMethods(fastify);
  parseJsonAlone(fastify);
  endConnectionsWhenClosing(fastify);
}

/** Fastify's own `routeOptions` is put together anew whenever it is asked for, and half a dozen hooks ask. */
function noteRoutePaths(fastify: FastifyInstance): void {
  fastify.decorateRequest('routePath');
  fastify.addHook('onRequest', (request, _reply, done) => {
    request.routePath = request.routeOptions.url;
    done();
  });
}

function answerRequestIds(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    void reply.header('X-Request-Id', request.id);
    done();
  });
}

function refuseUndeclaredMethods(fastify: FastifyInstance): void {
  const methodsOf = new Map<string, string[]>();
  fastify.addHook('onRoute', ({ url, method }) => {
    const path = url.length > 1 ? url.replace(/\/$/, '') : url;
    methodsOf.set(path, [...new Set([...(methodsOf.get(path) ?? []), ...[method].flat()])]);
  });
  const paths = findMyWay({ ignoreTrailingSlash: true });
  fastify.addHook('onReady', (done) => {
    for (const [path, methods] of methodsOf) {
      if (!path.includes('*')) paths.on('GET' as HTTPMethod, path, () => undefined, methods.sort());
    }
    done();
  });
  fastify.addHook('onRequest', (request, _reply, done) => {
    // Another method of `…/diagnose/` finds `…/:id`, which it doesn't mean: the nearest path decides, not the method.
    if (!request.is404 && !request.routePath?.includes(':')) return done();
    const methods = paths.find('GET', request.url)?.store as string[] | undefined;
    if (methods && !methods.includes(request.method)) done(new MethodNotAllowed(request.method, methods));
    else done(request.is404 ? new NotFound() : undefined);
  });
}

/**
 * A connection whose request was under way when the server began to close is kept alive after the answer, as clients ask
 * for, and then nobody would close it: the server would wait for it until its patience is over.
 */
function endConnectionsWhenClosing(fastify: FastifyInstance): void {
  let closing = false;
  fastify.addHook('preClose', (done) => {
    closing = true;
    done();
  });
  fastify.addHook('onResponse', (_request, _reply, done) => {
    if (closing) setImmediate(() => fastify.server.closeIdleConnections());
    done();
  });
}

function parseJsonAlone(fastify: FastifyInstance): void {
  // Refuses `__proto__` and `constructor` keys, which could reach the prototype of whoever merges the body.
  const parse = fastify.getDefaultJsonParser('error', 'error');
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    const text = body.toString();
    if (text === '') return done(null, undefined);
    if (depthOf(text) > DEEPEST_JSON)
      return done(new ParseError('JSON parse error - nested too deeply.'), undefined);
    void parse.call(fastify, request, text, (error: Error | null, value: unknown) => {
      if (error) done(new ParseError('JSON parse error - the body is not valid JSON.'), undefined);
      else done(null, value);
    });
  });
}

/** How deep a JSON text nests, without parsing it; brackets inside strings don't count. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let i = 0; i < text.length; i += 1) {
    const char = text[i];
    if (inString) {
      if (char === '\\') i += 1;
      else if (char === '"') inString = false;
    } else if (char === '"') inString = true;
    else if (char === '{' || char === '[') deepest = Math.max(deepest, (depth += 1));
    else if (char === '}' || char === ']') depth -= 1;
  }
  return deepest;
}
