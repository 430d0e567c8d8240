import { Injectable, Logger } from '@nestjs/common';
import type { FastifyRequest, onSendHookHandler } from 'fastify';
import { Counter } from 'prom-client';
import { MetricRegistry } from '../common/metric-registry.js';
import type { LoginAttempt } from './login-attempt.js';

const OUTCOMES = ['ok', 'wrong', 'throttled', 'invalid', 'failed'] as const;

/** The attempts to log in that this process is still busy with; each is settled when its answer is known. */
@Injectable()
export class OpenAttempts {
  private readonly logger = new Logger('RateLimits');
  /** `null`: it has only begun, or a limit refused it. */
  private readonly attempts = new WeakMap<FastifyRequest, LoginAttempt | null>();
  private readonly logins: Counter<'outcome'>;

  constructor(registry: MetricRegistry) {
    this.logins = new Counter({
      name: 'logins_total',
      help: 'Attempts to log in by password, for a session or for tokens, by what came of them.',
      labelNames: ['outcome'] as const,
      registers: [registry],
    });
    for (const outcome of OUTCOMES) this.logins.inc({ outcome }, 0);
  }

  /** Somebody tries to log in: whatever comes of it is counted. */
  begin(request: FastifyRequest): void {
    this.attempts.set(request, null);
  }

  /** The limits let the attempt pass: it is settled with its answer. */
  open(request: FastifyRequest, attempt: LoginAttempt): void {
    this.attempts.set(request, attempt);
  }

  /**
   * Settles attempts just before their answers leave, whoever made the answer: so who was let in and comes again at once
   * finds the count as it should be. If that fails, the answer stands; the count is too high until its window ends.
   */
  readonly settle: onSendHookHandler = (request, reply, _payload, done) => {
    const attempt = this.attempts.get(request);
    if (attempt === undefined) return done();
    this.logins.inc({ outcome: outcomeOf(reply.statusCode) });
    if (attempt === null) return done();
    attempt
      .settle(reply.statusCode)
      .catch((error: unknown) =>
        this.logger.warn({ msg: 'a login could not be settled', cause: String(error) }),
      )
      .finally(done);
  };
}

/** `wrong`: unknown, wrong or inactive, which callers hear as one. `invalid`: no attempt that could have been right. */
function outcomeOf(status: number): (typeof OUTCOMES)[number] {
  if (status < 300) return 'ok';
  if (status === 401) return 'wrong';
  if (status === 429) return 'throttled';
  return status < 500 ? 'invalid' : 'failed';
}
