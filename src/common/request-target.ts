import type { FastifyRequest } from 'fastify';
import type { IncomingMessage } from 'node:http';

/**
 * The target of a request as a path: of one in absolute form (`GET http://host/path`, RFC 9112 §3.2.2), which every server
 * has to take, what follows the host; of one without a slash, as `*` of `OPTIONS *` (§3.2.4), a path that there is not. Links
 * and routes know paths alone. A percent sign that encodes nothing stands for itself, as for Django: the router reads no path
 * with one, and would answer around every hook.
 */
export function routedPath({ url = '/' }: IncomingMessage): string {
  const target = pathOf(url);
  if (!target.includes('%')) return target;
  const [path = ''] = target.split(/[?#]/, 1);
  return decodes(path) ? target : path.replace(ESCAPES, withBareSigns) + target.slice(path.length);
}

/** The same, byte for byte as it was sent: for whoever hands it on, or judges it for somebody else. */
export function sentPath({ originalUrl }: FastifyRequest): string {
  return pathOf(originalUrl);
}

function pathOf(target: string): string {
  const path = target.replace(/^https?:\/\/[^/?#]*/i, '');
  return path.startsWith('/') ? path : `/${path}`;
}

const ESCAPES = /(?:%[0-9a-f]{2})+|%/gi;

function withBareSigns(escapes: string): string {
  return decodes(escapes) ? escapes : escapes.replaceAll('%', '%25');
}

function decodes(text: string): boolean {
  try {
    decodeURI(text);
    return true;
  } catch {
    return false;
  }
}
