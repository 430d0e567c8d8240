import type { IncomingMessage } from 'node:http';
import type { KeyType } from '../../access/key-types.js';
import { monotonicMs } from '../../common/clock.js';
import type { Adapter } from '../adapters/adapter.js';
import { findAllowedCall, isRepeatable } from '../adapters/allowed-calls.js';
import { AccessTokens } from './access-tokens.js';
import { Bulkheads } from './bulkheads.js';
import { CallRun, type RunPlan } from './call-run.js';
import { CircuitBreaker } from './circuit-breaker.js';
import { codeOf, Deadline } from './deadline.js';
import { Exchange } from './exchange.js';
import { isShort, outgoingHeaders } from './headers.js';
import { CALL_LIMITS, SHORT_LIMITS, type CallLimits } from './limits.js';
import type { ProviderAnswer, ProviderCall, ProviderRequest, RefusedAnswer } from './provider-call.js';
import { ProviderCallError } from './provider-call-error.js';
import { limitedBody } from './request-body.js';
import { readTarget } from './target.js';
import { fetchToken } from './token-request.js';
import { wholeBody } from './whole-body.js';

export interface TransportOptions {
  /** Origins to use instead of the providers' own, for tests and the demo; a production configuration has none. */
  readonly baseUrls?: Partial<Readonly<Record<KeyType, string>>>;
  readonly limits?: Partial<CallLimits>;
  readonly tokenLimits?: Partial<CallLimits>;
  /** Calls at once, and waiting, per provider and organization. */
  readonly concurrency?: number;
  readonly queue?: number;
  /** Outages in a row that open the circuit, and for how long. */
  readonly circuit?: { readonly threshold: number; readonly pauseMs: number };
  readonly connections?: number;
  readonly connectMs?: number;
  /** Our time of day in milliseconds since 1970: signatures carry a date. */
  readonly timeOfDayMs?: () => number;
}

/**
 * Carries calls to the providers: to their fixed hosts, within limits, counted through the hooks, with nothing of a
 * secret in any error. One per process, shared by all organizations: it keeps connections, never headers (security J8).
 */
export class ProviderTransport {
  readonly #exchange: Exchange;
  readonly #bulkheads: Bulkheads;
  readonly #breaker: CircuitBreaker;
  readonly #tokens: AccessTokens;
  readonly #timeOfDayMs: () => number;

  constructor(private readonly options: TransportOptions = {}) {
    const elsewhere = Object.values(options.baseUrls ?? {}).map((url) => new URL(url).hostname);
    const { connections = 256, connectMs = 5_000, circuit = { threshold: 5, pauseMs: 30_000 } } = options;
    this.#exchange = new Exchange({ connections, connectMs, exemptHosts: new Set(elsewhere) });
    this.#bulkheads = new Bulkheads(options.concurrency ?? 32, options.queue ?? 1_024);
    this.#breaker = new CircuitBreaker(circuit.threshold, circuit.pauseMs, monotonicMs);
    this.#tokens = new AccessTokens(monotonicMs);
    this.#timeOfDayMs = options.timeOfDayMs ?? (() => performance.timeOrigin + performance.now());
  }

  /**
   * Makes one call. Resolves with an answer to pass on or a refusal in our words; throws ProviderCallError for what ends
   * on our side: `bad_path`, `not_allowed`, `unsupported_media_type`, `body_too_large`, `busy`, `aborted`, `timeout`
   * (before anything was sent); and whatever `hooks.beforeSend` throws.
   */
  async send<Ticket>(call: ProviderCall<Ticket>): Promise<ProviderAnswer> {
    const { adapter, request, organizationId } = call;
    const rule = findAllowedCall(adapter.allowed, request.method, readTarget(request.target).path);
    if (!rule) throw new ProviderCallError('not_allowed');
    const headers = outgoingHeaders(request.headers, adapter, request.body !== undefined);
    const limits = { ...CALL_LIMITS, ...this.options.limits, ...call.limits };
    const deadline = new Deadline(limits.totalMs, call.signal);
    let leave = (): void => undefined;
    const release = (): void => {
      deadline.clear();
      leave();
    };
    try {
      leave = await this.#enter(call, limits, deadline.signal);
      const body = await bodyOf(call, limits, deadline);
      const plan: RunPlan = {
        ...this.#shared(adapter, organizationId),
        headers,
        body,
        repeatable: isRepeatable(rule) && (body === undefined || Buffer.isBuffer(body)),
        limits,
        deadline,
        ...this.#tokenAccess(call, deadline),
        release,
      };
      const answer = await new CallRun(call, plan).run();
      if (!answer.passed) release();
      return answer;
    } catch (error) {
      release();
      throw error;
    }
  }

  /** Ends everything that is under way. */
  async close(): Promise<void> {
    await this.#exchange.close();
  }

  /** Exchanges the key for a fresh access token without keeping it: the check of providers with OAuth. */
  async requestToken(
    adapter: Adapter,
    secret: ProviderCall<unknown>['secret'],
  ): Promise<RefusedAnswer | undefined> {
    const issued = await this.#fetchToken(adapter, secret);
    return issued && 'token' in issued ? undefined : issued;
  }

  async #enter(
    { adapter, organizationId, request: { body } }: ProviderCall<unknown>,
    { bodyWaitMs }: CallLimits,
    signal: AbortSignal,
  ): Promise<() => void> {
    const patience = isStillComing(body) ? new Deadline(bodyWaitMs, signal) : undefined;
    try {
      return await this.#bulkheads.enter(`${adapter.keyType} ${organizationId}`, patience?.signal ?? signal);
    } catch (error) {
      const late = error instanceof ProviderCallError && error.code === 'timeout';
      throw late ? new ProviderCallError('busy') : error;
    } finally {
      patience?.clear();
    }
  }

  #shared(adapter: Adapter, organizationId: number | string) {
    return {
      origin: this.options.baseUrls?.[adapter.keyType] ?? adapter.origin,
      circuit: `${adapter.origin} ${organizationId}`,
      exchange: this.#exchange,
      breaker: this.#breaker,
      timeOfDayMs: this.#timeOfDayMs,
    };
  }

  #tokenAccess(
    call: ProviderCall<unknown>,
    { signal }: Deadline,
  ): Pick<RunPlan, 'accessToken' | 'dropToken'> {
    const { adapter, secret } = call;
    if (!adapter.oauth) return { accessToken: () => Promise.resolve(undefined), dropToken: () => undefined };
    const name = AccessTokens.nameOf(String(call.keyId), secret);
    const fetch = async () => {
      const issued = await this.#fetchToken(adapter, secret);
      if (!issued) throw new Error('This provider has no access tokens.');
      return issued;
    };
    return {
      accessToken: () => unlessAborted(this.#tokens.get(name, fetch), signal),
      dropToken: (token) => this.#tokens.drop(name, token),
    };
  }

  async #fetchToken(adapter: Adapter, secret: ProviderCall<unknown>['secret']) {
    if (!adapter.oauth) return undefined;
    const origin = this.options.baseUrls?.[adapter.keyType] ?? adapter.oauth.origin;
    const limits = { ...SHORT_LIMITS, ...this.options.tokenLimits };
    return fetchToken(this.#exchange, origin, adapter.oauth, secret, limits, this.#timeOfDayMs);
  }
}

/** Whether a body is a stream of which something is still to arrive: of a request of ours, Node knows. */
function isStillComing(body: ProviderRequest['body']): boolean {
  return body !== undefined && !Buffer.isBuffer(body) && !(body as Partial<IncomingMessage>).complete;
}

/** The body to send: whole where it is signed, short or already whole, else streaming, within its limit either way. */
async function bodyOf(
  { adapter, request: { body, headers } }: ProviderCall<unknown>,
  { maxRequestBytes }: CallLimits,
  deadline: Deadline,
): Promise<RunPlan['body']> {
  if (body === undefined) return undefined;
  if (Buffer.isBuffer(body)) {
    if (body.length > maxRequestBytes) throw new ProviderCallError('body_too_large');
    return body;
  }
  if (!adapter.wholeBody && !isShort(headers)) {
    return limitedBody(body, maxRequestBytes, (code) => deadline.abort(code));
  }
  const bounds = { maxBytes: maxRequestBytes, tooLarge: 'body_too_large', broken: 'aborted' } as const;
  const whole = await wholeBody(body, bounds, deadline.signal);
  if (typeof whole === 'string') throw new ProviderCallError(whole);
  return whole;
}

/** What others wait for too goes on without a caller who left. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let leave = (): void => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    leave = () => reject(new ProviderCallError(codeOf(signal)));
    if (signal.aborted) leave();
    else signal.addEventListener('abort', leave, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', leave);
  }
}
