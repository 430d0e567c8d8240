import type { Readable } from 'node:stream';
import { Agent, type Dispatcher } from 'undici';
import { decoded } from './content-coding.js';
import { codeOf, type Deadline } from './deadline.js';
import { flatHeaders } from './headers.js';
import { ProviderCallError, type ProviderCallErrorCode } from './provider-call-error.js';
import { publicLookup } from './public-address.js';

interface WireRequest {
  readonly origin: string;
  readonly target: string;
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body: Buffer | Readable | undefined;
}

export interface WireAnswer {
  readonly status: number;
  /** With a `content-encoding` only if the body could not be decoded, and is empty. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readable;
}

/** Why there is no answer. `unreachable` covers DNS, TCP, TLS and broken HTTP. */
export type WireFailure = { readonly failed: 'unreachable' | ProviderCallErrorCode };

/**
 * One HTTP request on connections of our own: TLS always checked, no proxies from the environment, no redirects, no
 * cookies, no header that we did not set. Failures come back as words; the client's errors are dropped here, since
 * their texts can hold header values (security J9).
 */
export class Exchange {
  readonly #agent: Agent;

  constructor(options: { connections: number; connectMs: number; exemptHosts: ReadonlySet<string> }) {
    this.#agent = new Agent({
      connections: options.connections,
      pipelining: 1,
      headersTimeout: 0, // ours are exact; undici's run in steps of a second
      bodyTimeout: 0,
      connect: {
        timeout: options.connectMs,
        lookup: publicLookup(options.exemptHosts),
        rejectUnauthorized: true, // said aloud, or NODE_TLS_REJECT_UNAUTHORIZED could turn it off (security J3)
      },
    });
  }

  /** Sends and waits for the answer's headers, at most `headersMs`. */
  async send(request: WireRequest, headersMs: number, deadline: Deadline): Promise<WireAnswer | WireFailure> {
    const attempt = new AbortController();
    const end = (): void => attempt.abort(deadline.signal.reason);
    const late = setTimeout(() => attempt.abort(new ProviderCallError('timeout')), headersMs);
    if (deadline.signal.aborted) end();
    else deadline.signal.addEventListener('abort', end, { once: true });
    try {
      const { statusCode, headers, body } = await this.#agent.request({
        origin: request.origin,
        path: request.target,
        method: request.method as Dispatcher.HttpMethod,
        headers: request.headers,
        body: request.body ?? null,
        signal: attempt.signal,
      });
      body.on('error', () => undefined); // else a body that is dropped unread would end the process
      return { status: statusCode, ...decoded(flatHeaders(headers), body) };
    } catch (error) {
      if (attempt.signal.aborted) return { failed: codeOf(attempt.signal) };
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      return { failed: code === 'UND_ERR_CONNECT_TIMEOUT' ? 'timeout' : 'unreachable' };
    } finally {
      clearTimeout(late);
      deadline.signal.removeEventListener('abort', end);
    }
  }

  /** Ends all connections, busy or idle. */
  async close(): Promise<void> {
    await this.#agent.destroy();
  }
}
