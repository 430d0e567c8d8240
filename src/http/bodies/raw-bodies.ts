import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyRequest, onRequestHookHandler } from 'fastify';
import { Readable } from 'node:stream';
import { UnsupportedMediaType } from '../../common/errors.js';

/** A type that nobody sends in earnest: under it a body reaches the handler as it is. */
const UNREAD = 'application/x-unread-stream';

const sentTypes = new WeakMap<FastifyRequest, string | undefined>();

/** Gives a handler its body as a stream, whatever the type and size: it is neither read nor judged before. */
export const RawBody = (): MethodDecorator => RouteConfig({ rawBody: true }) as MethodDecorator;

/**
 * Has RawBody handlers get their bodies unread: a hook, before the body's type is looked at. The framework refuses a QUERY without a
 * type, which RFC 10008 §2 leaves to whoever reads its body: not to a handler that doesn't.
 */
export const keepRawBodies: onRequestHookHandler = (request, _reply, done) => {
  const { headers, method } = request.raw;
  const hasBody = headers['transfer-encoding'] !== undefined || headers['content-length'] !== undefined;
  if ((hasBody || method === 'QUERY') && isRaw(request)) {
    sentTypes.set(request, headers['content-type']);
    headers['content-type'] = UNREAD;
  }
  done();
};

/** Reads such a body, and no other. Call it before the routes are registered. */
export function installRawBodies(fastify: FastifyInstance): void {
  fastify.addContentTypeParser(UNREAD, (request, payload, done) => {
    // sent by a client to a handler that expects JSON, a live stream would reach the validation, and abort the process
    if (isRaw(request)) done(null, payload);
    else done(new UnsupportedMediaType(UNREAD), undefined);
  });
}

/** The body of a RawBody handler, and the content type that the client sent. No body: neither. */
export function rawBodyOf(request: FastifyRequest): { body?: Readable; contentType?: string | undefined } {
  if (!(request.body instanceof Readable) || request.headers['content-length'] === '0') return {};
  return { body: request.body, contentType: sentTypes.get(request) };
}

/** Whether the request goes to a RawBody handler. */
export function isRaw({ routeOptions }: FastifyRequest): boolean {
  return (routeOptions.config as { rawBody?: boolean }).rawBody === true;
}
