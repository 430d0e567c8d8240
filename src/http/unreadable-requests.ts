import { randomUUID } from 'node:crypto';
import { type Server, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import {
  type ApiError,
  HeadersTooLarge,
  MethodNotAllowed,
  ParseError,
  RequestTimeout,
} from '../common/errors.js';
import { METHODS } from './paths.js';
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
  answerBare(refusalOf(code), socket);
}

/** `CONNECT` names no path but a host to tunnel to, so Node hands over the connection: nothing is tunnelled here. */
export function refuseTunnels(server: Server): void {
  server.on('connect', (_request, socket: Socket) => {
    socket.on('error', () => socket.destroy()); // whoever asked may be gone
    answerBare(new MethodNotAllowed('CONNECT', METHODS), socket);
  });
}

function answerBare(error: ApiError, socket: Socket): void {
  const body = error.json();
  const head = [
    `HTTP/1.1 ${error.status} ${STATUS_CODES[error.status] ?? ''}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...Object.entries({ 'X-Request-Id': randomUUID(), ...SECURITY_HEADERS, ...error.headers }).map((pair) =>
      pair.join(': '),
    ),
    'Cache-Control: no-store',
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

function refusalOf(code: string | undefined): ApiError {
  if (code === 'HPE_HEADER_OVERFLOW') return new HeadersTooLarge();
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return new RequestTimeout();
  if (code === 'HPE_INVALID_URL')
    return new ParseError('The URL could not be read. What is not ASCII in it must be percent-encoded.');
  return new ParseError('The request could not be read.');
}
