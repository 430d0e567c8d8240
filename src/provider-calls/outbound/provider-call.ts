import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import type { OpenedSecret } from '../../provider-keys/opened-secret.js';
import type { Adapter, OutcomeHint, ProviderOutcome } from '../adapters/adapter.js';
import type { CallLimits } from './limits.js';
import type { ProviderCallErrorCode } from './provider-call-error.js';

/** What a caller wants sent. `target` is path and query as they arrived; `headers` are the caller's, unfiltered. */
export interface ProviderRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: Readonly<IncomingHttpHeaders>;
  readonly body?: Readable | Buffer | undefined;
  /** Statuses besides 2xx that count as `ok`: for checks that a refusal can prove. */
  readonly provenBy?: readonly number[];
}

/** What became of one request that was sent. */
export interface SendReport {
  readonly outcome: ProviderOutcome;
  readonly hint?: OutcomeHint | undefined;
  readonly status: number | null;
  /** What broke the answer's body off. */
  readonly problem?: ProviderCallErrorCode | undefined;
}

/**
 * Told of every single request that goes out: first tries, retries, followed redirects, checks; not of fetching access
 * tokens. This is the unit of counting (contract §5).
 */
export interface CallHooks<Ticket> {
  /** Nothing is sent before this resolves, and nothing at all if it rejects: its error goes to the caller as it is. */
  beforeSend(): Promise<Ticket>;
  /**
   * Once per ticket, when the answer is over: for a body that is passed on, when its last byte went by, it broke off or
   * the caller left. What it throws is ignored: counting can't fail a call.
   */
  afterOutcome(ticket: Ticket, report: SendReport): void | Promise<void>;
}

export interface ProviderCall<Ticket> {
  readonly adapter: Adapter;
  /** Whose bulkhead and circuit breaker this call takes. */
  readonly organizationId: number | string;
  /** Names the key in the memory of access tokens. */
  readonly keyId: number | string;
  readonly secret: OpenedSecret;
  readonly request: ProviderRequest;
  readonly hooks: CallHooks<Ticket>;
  /** Ends the call when the caller is gone. */
  readonly signal?: AbortSignal | undefined;
  readonly limits?: Partial<CallLimits>;
}

/**
 * An answer for the caller: 2xx, or the provider's 400, 404, 409 or 422. A body that is a stream MUST be read or destroyed:
 * until then the call holds its place. It can still break off, with a ProviderCallError.
 */
export interface PassedAnswer {
  readonly passed: true;
  readonly outcome: 'ok' | 'our_fault';
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | Readable;
}

/** Why an answer is told in our own words instead. */
export type RefusalReason =
  'status' | 'timeout' | 'unreachable' | 'circuit_open' | 'content_type' | 'redirect' | 'answer_too_large';

/** No answer to pass on: what happened, without a word of the provider's body. */
export interface RefusedAnswer extends SendReport {
  readonly passed: false;
  readonly reason: RefusalReason;
  readonly retryAfterSeconds?: number | undefined;
  readonly unknownWait?: true;
}

export type ProviderAnswer = PassedAnswer | RefusedAnswer;
