import type { onRequestHookHandler } from 'fastify';
import type { Server } from 'node:http';
import { ExpectationFailed, ParseError } from '../common/errors.js';
import { sentValues } from '../common/raw-headers.js';

/** Node would answer these two by itself, without a word: they are judged below, as any other request. */
export function judgeHeadsOurselves(server: Server): void {
  server.on('checkExpectation', (request, response) => server.emit('request', request, response));
}

/** What a host is made of, and its port (RFC 3986 §3.2.2, §3.2.3); where the target has none, it is empty. */
const HOST = /^(?:[\w.~!$&'()*+,;=%-]*|\[[\da-f:.]+\])(?::\d*)?$/i;

/** RFC 9112 §3.2: HTTP/1.1 names one host, once, and what it names could be one; RFC 9110 §10.1.1: an expectation that isn't known can't be met. */
export const refuseBadHeads: onRequestHookHandler = (request, _reply, done) => {
  const { rawHeaders, httpVersion, headers } = request.raw;
  const hosts = sentValues(rawHeaders, 'host').length;
  const { expect, host = '' } = headers;
  if (hosts > 1 || (hosts === 0 && httpVersion === '1.1') || !HOST.test(host)) {
    done(new ParseError('The request must name its host, once.'));
  } else if (expect !== undefined && expect.trim().toLowerCase() !== '100-continue') {
    done(new ExpectationFailed());
  } else done();
};
