import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { type ApiError, HeadersTooLarge, ParseError, RequestTimeout } from '../common/errors.js';
import { SECURITY_HEADERS } from './security-headers.js';

/**
 * What Node's own parser refuses never becomes a request, so there is no reply to answer it with: it is answered on the bare
 * connection, in the form of the contract, and the connection is closed, for what follows can't be told apart.
 */
export function answerUnreadable({ code }: NodeJS.ErrnoException, socket: Socket): void {
  if (code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const error = refusalOf(code);
  const body = error.json();
  const head = [
    `HTTP/1.1 ${error.status} ${STATUS_CODES[error.status] ?? ''}`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...Object.entries({ 'X-Request-Id': randomUUID(), ...SECURITY_HEADERS }).map((pair) => pair.join(': ')),
    'Cache-Control: no-store',
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

function refusalOf(code: string | undefined): ApiError {
  if (code === 'HPE_HEADER_OVERFLOW') return new HeadersTooLarge();
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return new RequestTimeout();
  return new ParseError('The request could not be read.');
}
