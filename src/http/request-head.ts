import type { FastifyRequest, onRequestHookHandler } from 'fastify';
import type { IncomingMessage, Server } from 'node:http';
import { ExpectationFailed, ParseError } from '../common/errors.js';

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

/** Node would answer these two by itself, without a word: they are judged below, as any other request. */
export function judgeHeadsOurselves(server: Server): void {
  server.on('checkExpectation', (request, response) => server.emit('request', request, response));
}

/** RFC 9112 §3.2: HTTP/1.1 names one host, once; RFC 9110 §10.1.1: an expectation that isn't known can't be met. */
export const refuseBadHeads: onRequestHookHandler = (request, _reply, done) => {
  const { rawHeaders, httpVersion, headers } = request.raw;
  const hosts = hostsIn(rawHeaders);
  const { expect } = headers;
  if (hosts > 1 || (hosts === 0 && httpVersion === '1.1')) {
    done(new ParseError('The request must name its host, once.'));
  } else if (expect !== undefined && expect.trim().toLowerCase() !== '100-continue') {
    done(new ExpectationFailed());
  } else done();
};

/** Node keeps the first of several: only the raw list tells. */
function hostsIn(rawHeaders: readonly string[]): number {
  let hosts = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i];
    if (name?.length === 4 && name.toLowerCase() === 'host') hosts += 1;
  }
  return hosts;
}
