import type { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { findAllowedCall } from '../adapters/allowed-calls.js';
import type { ReceivedAnswer } from '../adapters/adapter.js';
import { answerBody, outcomeOfBreak, readText, wholeAnswer } from './answer-body.js';
import type { CircuitBreaker } from './circuit-breaker.js';
import { codeOf, Deadline } from './deadline.js';
import type { Exchange, WireAnswer, WireFailure } from './exchange.js';
import { answerHeaders, assertSendable, isPassableBody, isShort } from './headers.js';
import { ERROR_BODY_BYTES, type CallLimits } from './limits.js';
import type {
  ProviderAnswer,
  ProviderCall,
  RefusalReason,
  RefusedAnswer,
  SendReport,
} from './provider-call.js';
import { ProviderCallError, type ProviderCallErrorCode } from './provider-call-error.js';
import { nextWaitMs } from './retry-policy.js';
import { SecretForms, StreamScreen, WholeScreen } from './secret-echo.js';
import { readTarget } from './target.js';

/** The provider's refusals that concern the caller's own request: they pass, with their body. */
const PASSED_REFUSALS = [400, 404, 409, 422];

/** What the transport has worked out and lends to one run. */
export interface RunPlan {
  readonly origin: string;
  readonly circuit: string;
  readonly headers: Record<string, string>;
  readonly body: Buffer | Readable | undefined;
  readonly repeatable: boolean;
  readonly limits: CallLimits;
  readonly deadline: Deadline;
  readonly exchange: Exchange;
  readonly breaker: CircuitBreaker;
  /** Our time of day in milliseconds since 1970. */
  readonly timeOfDayMs: () => number;
  /** An access token, a refusal to give one, or nothing for providers without. */
  readonly accessToken: () => Promise<{ readonly token: string } | RefusedAnswer | undefined>;
  readonly dropToken: (token: string) => void;
  /** Called once, when the call is over, with its body if it has one. */
  readonly release: () => void;
}

type Step = ProviderAnswer | { readonly redirect: string };

/** One call from its first request to its last: access token, tries, redirects within the origin, and the reports. */
export class CallRun<Ticket> {
  constructor(
    private readonly call: ProviderCall<Ticket>,
    private readonly plan: RunPlan,
  ) {}

  /** Throws ProviderCallError if the call ends on our side, and whatever `beforeSend` throws. */
  async run(): Promise<ProviderAnswer> {
    let { target } = this.call.request;
    let retries = 0;
    let hops = 0;
    let renewals = 0;
    for (;;) {
      const access = await this.plan.accessToken();
      if (access && !('token' in access)) return access;
      const step = await this.#attempt(target, hops < (this.call.adapter.redirects ?? 0), access?.token);
      if ('redirect' in step) {
        target = step.redirect;
        hops++;
        continue;
      }
      if (step.passed || step.reason === 'circuit_open') return step;
      if (access && step.status === 401) {
        this.plan.dropToken(access.token);
        if (renewals++ === 0) continue; // not executed, so safe to repeat; such adapters have the whole body
      }
      const waitMs = this.plan.repeatable ? nextWaitMs(step, retries++, this.plan.limits) : undefined;
      if (waitMs === undefined) return step;
      const { signal } = this.plan.deadline;
      await pause(waitMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted && codeOf(signal) === 'timeout') return step;
      if (signal.aborted) throw new ProviderCallError(codeOf(signal));
    }
  }

  async #attempt(target: string, mayRedirect: boolean, accessToken: string | undefined): Promise<Step> {
    const { plan, call } = this;
    const admission = plan.breaker.admit(plan.circuit);
    if (!admission.admitted) {
      const { retryAfterSeconds } = admission;
      return refusal({ outcome: 'provider_down', status: null }, 'circuit_open', { retryAfterSeconds });
    }
    let ticket: Ticket;
    let headers: Record<string, string>;
    try {
      headers = { ...plan.headers, ...this.#credentials(target, accessToken) };
      assertSendable(headers);
      ticket = await call.hooks.beforeSend();
    } catch (error) {
      plan.breaker.record(plan.circuit, undefined);
      throw error;
    }
    const { signal } = plan.deadline;
    if (signal.aborted) return this.#failed(ticket, { failed: 'aborted' });
    const wire = await plan.exchange.send(
      { origin: plan.origin, target, method: call.request.method, headers, body: plan.body },
      plan.limits.headersMs,
      plan.deadline,
    );
    if ('failed' in wire) return this.#failed(ticket, wire);
    if (wire.status >= 300 && wire.status < 400) return this.#redirected(ticket, wire, target, mayRedirect);
    return this.#received(ticket, wire, this.#secrets(accessToken));
  }

  #credentials(target: string, accessToken: string | undefined): Record<string, string> {
    const { adapter, request, secret } = this.call;
    const { origin, headers, body, timeOfDayMs } = this.plan;
    return adapter.authenticate(
      {
        method: request.method,
        target,
        get host() {
          return new URL(origin).host; // which few adapters ask for
        },
        ...(headers['content-type'] !== undefined && { contentType: headers['content-type'] }),
        ...(Buffer.isBuffer(body) && { body }),
      },
      secret,
      { nowMs: timeOfDayMs(), ...(accessToken !== undefined && { accessToken }) },
    );
  }

  /** What no answer may show of what it was called with. */
  #secrets(accessToken: string | undefined): SecretForms {
    return new SecretForms([this.call.secret.reveal(), ...(accessToken === undefined ? [] : [accessToken])]);
  }

  #failed(ticket: Ticket, { failed }: WireFailure): RefusedAnswer {
    if (failed === 'timeout' || failed === 'unreachable') {
      return this.#refused(ticket, { outcome: 'provider_down', status: null }, failed);
    }
    this.plan.breaker.record(this.plan.circuit, undefined);
    this.#report(ticket, { outcome: 'unknown', status: null });
    throw new ProviderCallError(
      this.plan.deadline.signal.aborted ? codeOf(this.plan.deadline.signal) : failed,
    );
  }

  /** Follows within the origin, to another call of the list, with GET; anything else would carry the key elsewhere. */
  #redirected(ticket: Ticket, wire: WireAnswer, from: string, mayRedirect: boolean): Step {
    wire.body.destroy();
    const redirect = this.#nextTarget(wire.headers['location'] ?? '', from);
    if (mayRedirect && this.call.request.method === 'GET' && redirect !== undefined) {
      this.plan.breaker.record(this.plan.circuit, 'ok');
      this.#report(ticket, { outcome: 'ok', status: wire.status });
      return { redirect };
    }
    return this.#refused(ticket, { outcome: 'unknown', status: wire.status }, 'redirect');
  }

  #nextTarget(location: string, from: string): string | undefined {
    const origin = new URL(this.plan.origin);
    try {
      const to = new URL(location, new URL(from, origin));
      const target = to.pathname + to.search;
      const rule = findAllowedCall(this.call.adapter.allowed, 'GET', readTarget(target).path);
      return to.origin === origin.origin && rule ? target : undefined;
    } catch {
      return undefined;
    }
  }

  async #received(ticket: Ticket, wire: WireAnswer, secrets: SecretForms): Promise<ProviderAnswer> {
    const { status, headers } = wire;
    const good = (status >= 200 && status < 300) || (this.call.request.provenBy ?? []).includes(status);
    const passable = isPassableBody(status, headers);
    if ((good || PASSED_REFUSALS.includes(status)) && passable) {
      return this.#passed(ticket, wire, good ? 'ok' : 'our_fault', secrets);
    }
    if (good) {
      wire.body.destroy();
      return this.#refused(ticket, { outcome: 'unknown', status }, 'content_type');
    }
    const answer = await this.#readError(wire);
    const { outcome, hint, ...wait } = this.call.adapter.classify(answer);
    return this.#refused(ticket, { outcome, hint, status }, 'status', wait);
  }

  async #passed(
    ticket: Ticket,
    wire: WireAnswer,
    outcome: 'ok' | 'our_fault',
    secrets: SecretForms,
  ): Promise<ProviderAnswer> {
    const { plan } = this;
    const { status } = wire;
    if (Number(wire.headers['content-length'] ?? 0) > plan.limits.maxAnswerBytes) {
      wire.body.destroy();
      return this.#refused(ticket, { outcome: 'unknown', status }, 'answer_too_large');
    }
    plan.breaker.record(plan.circuit, outcome);
    const ended = (problem?: ProviderCallErrorCode): void => {
      this.#report(ticket, {
        outcome: problem ? outcomeOfBreak(problem, outcome) : outcome,
        status,
        problem,
      });
      plan.release();
    };
    const screen = outcome === 'ok' ? new StreamScreen(secrets) : new WholeScreen(secrets);
    const headers = answerHeaders(wire.headers, this.call.adapter, plan.timeOfDayMs(), secrets);
    const take = isShort(wire.headers) ? wholeAnswer : answerBody;
    const body = await take(wire.body, plan.limits, plan.deadline, ended, screen);
    return { passed: true, outcome, status, headers, body };
  }

  /** An error's text, for the classifier alone. It gets one idle period: errors are short. */
  async #readError({ status, headers, body }: WireAnswer): Promise<ReceivedAnswer> {
    const { idleMs } = this.plan.limits;
    const soon = new Deadline(idleMs, this.plan.deadline.signal);
    const limits = { idleMs, maxAnswerBytes: ERROR_BODY_BYTES };
    const text = await readText(
      answerBody(body, limits, soon, () => soon.clear()),
      ERROR_BODY_BYTES,
    );
    return { status, headers, body: text, receivedAtMs: this.plan.timeOfDayMs() };
  }

  #refused(ticket: Ticket, report: SendReport, reason: RefusalReason, wait?: Wait): RefusedAnswer {
    this.plan.breaker.record(this.plan.circuit, report.outcome);
    this.#report(ticket, report);
    return refusal(report, reason, wait);
  }

  #report(ticket: Ticket, report: SendReport): void {
    void (async () => this.call.hooks.afterOutcome(ticket, report))().catch(() => undefined);
  }
}

type Wait = Pick<RefusedAnswer, 'retryAfterSeconds' | 'unknownWait'>;

const refusal = (report: SendReport, reason: RefusalReason, wait?: Wait): RefusedAnswer => ({
  ...report,
  passed: false,
  reason,
  ...wait,
});
