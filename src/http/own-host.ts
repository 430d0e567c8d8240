import { RouteConfig } from '@nestjs/platform-fastify';
import type { onRequestHookHandler } from 'fastify';
import type { Channel } from '../access/principal.js';
import { ForeignOrigin } from '../common/errors.js';

/** A channel beside the API, for programs alone: it takes JSON alone, and nothing that a page of another site sends. */
export const ForPrograms = (channel: Channel): MethodDecorator => RouteConfig({ channel }) as MethodDecorator;

interface Origins {
  readonly ownOrigins: readonly string[];
  readonly corsOrigins: readonly string[];
}

/**
 * Keeps the pages of other sites away from the channels for programs (`ForPrograms`): what names another host than
 * ours, as a page does whose site rebound its name to our address (DNS rebinding), and what a foreign page sends, is 403.
 * Programs send no `Origin`. The port of the host is not looked at: behind a proxy it is the proxy's.
 */
export function refuseForeigners({ ownOrigins, corsOrigins }: Origins): onRequestHookHandler {
  const hosts = new Set(ownOrigins.map((origin) => new URL(origin).hostname));
  const origins = new Set([...ownOrigins, ...corsOrigins]);
  return (request, _reply, done) => {
    if (request.channel === undefined) return done();
    const { host = '', origin } = request.headers;
    const isOurs = hosts.has(hostnameOf(host)) && (origin === undefined || origins.has(origin));
    done(isOurs ? undefined : new ForeignOrigin());
  };
}

/** The name in a `Host` header (request-head.ts), as a URL has it: in lower case, without a port. Empty: no URL has it. */
function hostnameOf(host: string): string {
  return URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname : '';
}
