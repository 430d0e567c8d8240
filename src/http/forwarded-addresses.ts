import type { FastifyInstance } from 'fastify';
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';

const HEADER = 'x-forwarded-for';

/**
 * `198.51.100.7:443`, `[2001:db8::1]:443`, `[2001:db8::1]`, each also in quotes: what is in front of the port or inside the
 * brackets.
 */
const WITH_PORT = /^"?(?:(\d{1,3}(?:\.\d{1,3}){3}):\d{1,5}|\[([^\]]*)\](?::\d{1,5})?)"?$/;

const MAPPED_IPV4 = /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/i;

/**
 * Has `request.ip` be an address and nothing else, whatever proxies append: limits, last uses and the audit log go by it.
 * Ahead of the framework, which takes the header as it stands.
 */
export function readForwardedAddresses(fastify: FastifyInstance): void {
  fastify.server.prependListener('request', ({ headers }: IncomingMessage) => {
    const sent = headers[HEADER];
    if (typeof sent === 'string') headers[HEADER] = addressesOf(sent);
  });
}

/**
 * The addresses of `X-Forwarded-For` without ports, as far as they can be read from its end, where the nearest proxy wrote: what
 * stands before something unreadable is no more believed than that is, and the proxy that sent it stands for the caller.
 */
export function addressesOf(header: string): string {
  const known: string[] = [];
  const entries = header.split(',').map((entry) => entry.trim());
  for (const entry of entries.filter((text) => text !== '').reverse()) {
    const [, v4, v6] = WITH_PORT.exec(entry) ?? [];
    const address = (v4 ?? v6 ?? entry).replace(MAPPED_IPV4, '$1');
    if (isIP(address) === 0) break;
    known.unshift(address);
  }
  return known.join(', ');
}
