import type { onRequestHookHandler } from 'fastify';
import type { Server } from 'node:http';
import { ExpectationFailed, ParseError } from '../common/errors.js';

/** Node would answer these two by itself, without a word: they are judged below, as any other request. */
export function judgeHeadsOurselves(server: Server): void {
  server.on('checkExpectation', (request, response) => server.emit('request', request, response));
}

/** What a host is made of, and its port (RFC 3986 §3.2.2, §3.2.3); where the target has none, it is empty. */
const HOST = /^(?:[\w.~!$&'()*+,;=%-]*|\[[\da-f:.]+\])(?::\d*)?$/i;

/** RFC 9112 §3.2: HTTP/1.1 names one host, once, and what it names could be one; RFC 9110 §10.1.1: an expectation that isn't known can't be met. */
export const refuseBadHeads: onRequestHookHandler = (request, _reply, done) => {
  const { rawHeaders, httpVersion, headers } = request.raw;
  const hosts = hostsIn(rawHeaders);
  const { expect, host = '' } = headers;
  if (hosts > 1 || (hosts === 0 && httpVersion === '1.1') || !HOST.test(host)) {
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
