import { maxHeaderSize } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest, onRequestHookHandler } from 'fastify';
import findMyWay, { type HTTPMethod } from 'find-my-way';
import type { Channel } from '../access/principal.js';
import { MethodNotAllowed, NotFound } from '../common/errors.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** The path of the request's route, `/api/orgs/:org_pk`; `undefined`: there is none. */
    routePath: string | undefined;
    /** The channel by which it came, where that is not the API itself. */
    channel: Channel | undefined;
  }
}

/** The route that @fastify/cors puts over all paths there are and aren't; for us it is none. */
const EVERYWHERE = '*';

/** Fastify's own `routeOptions` is put together anew whenever it is asked for, and half a dozen hooks ask. */
export const noteRoutePath: onRequestHookHandler = (request, _reply, done) => {
  const { url, config } = request.routeOptions;
  request.routePath = url === EVERYWHERE ? undefined : url;
  request.channel = (config as { channel?: Channel }).channel;
  done();
};

/** A gateway's question about somebody else's request (contract §7): its method, query and headers may be that request's. */
export function isCheck({ routePath }: FastifyRequest): boolean {
  return routePath?.startsWith('/api/auth/check/') ?? false;
}

/** The methods of the API in the order in which they are told, Django's; a gateway's check takes any other as well. */
export const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'];

/** Methods in the order in which `Allow` tells them. */
export function inOrder(methods: Iterable<string>): string[] {
  return [...new Set(methods)].sort((a, b) => METHODS.indexOf(a) - METHODS.indexOf(b));
}

/** The paths of the router and the methods that each declares. Make it before the routes are registered. */
export class Paths {
  private readonly methods = new Map<string, string[]>();
  private readonly router = findMyWay({ ignoreTrailingSlash: true, maxParamLength: maxHeaderSize });

  constructor(fastify: FastifyInstance) {
    fastify.decorateRequest('routePath');
    fastify.decorateRequest('channel');
    fastify.addHook('onRoute', ({ url, method }) => {
      const path = url.length > 1 ? url.replace(/\/$/, '') : url;
      this.methods.set(path, inOrder([...(this.methods.get(path) ?? []), ...[method].flat(), 'OPTIONS']));
    });
    fastify.addHook('onReady', (done) => {
      for (const [path, methods] of this.methods) {
        if (path !== EVERYWHERE) this.router.on('GET' as HTTPMethod, path, () => undefined, methods);
      }
      done();
    });
  }

  /** The methods of the request's path; `undefined`: there is no such path. */
  methodsOf({ url, routePath }: FastifyRequest): readonly string[] | undefined {
    const found = this.router.find('GET', url)?.store as string[] | undefined;
    return found ?? (routePath === undefined ? undefined : this.methods.get(routePath));
  }

  /** Lets a feature answer the paths that are none of the router's; where it doesn't, they are refused as ever. */
  unlessDeclared(answer: (request: FastifyRequest, reply: FastifyReply) => boolean): onRequestHookHandler {
    return (request, reply, done) => {
      const declared = request.routePath !== undefined || this.methodsOf(request) !== undefined;
      if (declared || !answer(request, reply)) done();
    };
  }

  /** 404 for an unknown path, 405 with `Allow` for a method that the path doesn't declare. */
  readonly refuseUndeclaredMethods: onRequestHookHandler = (request, _reply, done) => {
    const unknown = hasNoHandler(request);
    // Another method of `…/diagnose/` finds `…/:id`, which it doesn't mean: the nearest path decides, not the method.
    if (!unknown && !request.routePath?.includes(':')) return done();
    const methods = this.router.find('GET', request.url)?.store as string[] | undefined;
    if (!methods) done(unknown ? new NotFound() : undefined);
    else done(methods.includes(request.method) ? undefined : new MethodNotAllowed(request.method, methods));
  };

  /** Answers `OPTIONS` of pages and files, which are no controller's (options-handlers.ts) and anybody's. */
  readonly answerOptionsOfFiles: onRequestHookHandler = (request, reply, done) => {
    if (request.method !== 'OPTIONS' || !hasNoHandler(request)) return done();
    const methods = this.methodsOf(request) ?? [];
    void reply.code(200).header('Allow', methods.join(', ')).send(FILE);
  };
}

/** What `OPTIONS` tells of a page or a file. */
const FILE = {
  name: 'File',
  description: 'A page or a file, the same for all.',
  renders: ['*/*'],
  parses: [],
};

function hasNoHandler({ is404, routePath }: FastifyRequest): boolean {
  return is404 || routePath === undefined;
}
