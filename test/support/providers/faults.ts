import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Answer } from './fake-provider.js';

/** What can be scripted: an answer, or something that happens before or after the request's body was read. */
export interface Fault {
  readonly answer?: Answer;
  readonly before?: (request: IncomingMessage, response: ServerResponse) => void;
  readonly after?: (
    response: ServerResponse,
    fake: { readonly redirectTo: string; readonly baseUrl: string },
  ) => void;
}

const json = { 'content-type': 'application/json' };

const status = (code: number, body?: unknown, headers?: Record<string, string>): Fault => ({
  answer: { status: code, body, ...(headers && { headers }) },
});

/** An open answer that gets a chunk every few milliseconds until the client is gone. */
function drip(response: ServerResponse, chunk: string | Buffer, everyMs: number): void {
  const timer = setInterval(() => response.write(chunk), everyMs);
  response.once('close', () => clearInterval(timer));
}

/** The failures that any provider can have. */
export const FAULTS: Readonly<Record<string, Fault>> = {
  rate_limited: status(429, { message: 'Too many requests' }, { 'retry-after': '1' }),
  rate_limited_now: status(429, { message: 'Too many requests' }, { 'retry-after': '0' }),
  rate_limited_long: status(429, { message: 'Too many requests' }, { 'retry-after': '3600' }),
  rate_limited_bare: status(429, { message: 'Too many requests' }),
  server_error: status(500, { message: 'Internal error' }),
  unavailable: status(503, { message: 'Unavailable' }),
  bad_request: status(400, { message: 'Bad request' }),
  not_found: status(404, { message: 'Not found' }),
  conflict: status(409, { message: 'Conflict' }),
  unprocessable: status(422, { message: 'Unprocessable' }),
  html_forbidden: status(403, '<html>Request blocked</html>', { 'content-type': 'text/html' }),
  wrong_content_type: status(200, '<html>Welcome</html>', { 'content-type': 'text/html; charset=utf-8' }),
  invalid_json: status(200, '{"identifications": [', json),
  set_cookie: status(200, { ok: true }, { 'set-cookie': 'spy=1', 'x-request-id': 'theirs', server: 'fake' }),
  hostile_json: status(401, `${'['.repeat(60_000)}`, json),
  slow_headers: { after: () => undefined },
  slow_body: {
    after: (response) => {
      response.writeHead(200, json);
      response.write('{"a":');
    },
  },
  slow_error: {
    after: (response) => {
      response.writeHead(401, json);
      drip(response, ' ', 20);
    },
  },
  dripping_body: {
    after: (response) => {
      response.writeHead(200, json);
      drip(response, ' ', 20);
    },
  },
  endless_body: {
    after: (response) => {
      response.writeHead(200, json);
      const chunk = Buffer.alloc(64 * 1024, ' ');
      const more = (): void => {
        while (!response.destroyed && response.write(chunk));
      };
      response.on('drain', more);
      more();
    },
  },
  huge_body: {
    after: (response) => {
      response.writeHead(200, { ...json, 'content-length': String(100 * 1024 * 1024) });
      response.write(Buffer.alloc(64 * 1024, ' '));
    },
  },
  truncated_body: {
    after: (response) => {
      response.writeHead(200, { ...json, 'content-length': '100000' });
      response.write('{"a":', () => response.destroy());
    },
  },
  truncated_short_body: {
    after: (response) => {
      response.writeHead(200, { ...json, 'content-length': '1000' });
      response.write('{"a":', () => response.destroy());
    },
  },
  silent_short_body: {
    after: (response) => {
      response.writeHead(200, { ...json, 'content-length': '1000' });
      response.write('{"a":');
    },
  },
  event_stream: {
    after: (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: {"n":0}\n\n');
      let n = 1;
      const timer = setInterval(() => {
        response.write(`data: {"n":${n}}\n\n`);
        if (n++ === 3) response.end('data: [DONE]\n\n');
      }, 20);
      response.once('close', () => clearInterval(timer));
    },
  },
  /** An event stream that stays silent after its first event. */
  open_stream: {
    after: (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: {"n":0}\n\n');
    },
  },
  redirect_elsewhere: {
    after: (response, { redirectTo }) => {
      response.writeHead(302, { location: `${redirectTo}/stolen`, 'content-length': '0' }).end();
    },
  },
  /** A path that is allowed, at a host that is not. */
  redirect_to_twin: {
    after: (response, { redirectTo }) => {
      response.writeHead(308, { location: `${redirectTo}/entities/Q2`, 'content-length': '0' }).end();
    },
  },
  redirect_within: {
    after: (response, { baseUrl }) => {
      response.writeHead(308, { location: `${baseUrl}/entities/Q2`, 'content-length': '0' }).end();
    },
  },
  redirect_to_forbidden_path: {
    after: (response) => {
      response.writeHead(308, { location: '/admin/keys', 'content-length': '0' }).end();
    },
  },
  reset_before_read: {
    before: (request) => {
      request.socket.resetAndDestroy();
    },
  },
  reset_after_read: {
    after: (response) => {
      response.socket?.resetAndDestroy();
    },
  },
};
