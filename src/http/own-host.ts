import { RouteConfig } from '@nestjs/platform-fastify';
import type { onRequestHookHandler } from 'fastify';
import type { Door } from '../access/principal.js';
import { ForeignOrigin } from '../common/errors.js';

/** A door beside the API that programs alone come by: it takes JSON alone, and nothing that a page of another site sends. */
export const ForPrograms = (door: Door): MethodDecorator => RouteConfig({ door }) as MethodDecorator;

interface Origins {
  readonly ownOrigins: readonly string[];
  readonly corsOrigins: readonly string[];
}

/**
 * Keeps the pages of other sites away from the doors for programs (`ForPrograms`): what names another host than
 * ours, as a page does whose site rebound its name to our address (DNS rebinding), and what a foreign page sends, is 403.
 * Programs send no `Origin`. The port of the host is not looked at: behind a proxy it is the proxy's.
 */
export function refuseForeigners({ ownOrigins, corsOrigins }: Origins): onRequestHookHandler {
  const hosts = new Set(ownOrigins.map((origin) => new URL(origin).hostname));
  const origins = new Set([...ownOrigins, ...corsOrigins]);
  return (request, _reply, done) => {
    if (request.door === undefined) return done();
    const { host = '', origin } = request.headers;
    const isOurs = hosts.has(hostnameOf(host)) && (origin === undefined || origins.has(origin));
    done(isOurs ? undefined : new ForeignOrigin());
  };
}

/** The name in a `Host` header (request-head.ts), as a URL has it: in lower case, without a port. Empty: no URL has it. */
function hostnameOf(host: string): string {
  return URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname : '';
}
