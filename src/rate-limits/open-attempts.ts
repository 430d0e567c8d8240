import { Injectable, Logger } from '@nestjs/common';
import type { FastifyRequest, onSendHookHandler } from 'fastify';
import type { LoginAttempt } from './login-attempt.js';

/** The attempts to log in that this process is still busy with; each is settled when its answer is known. */
@Injectable()
export class OpenAttempts {
  private readonly logger = new Logger('RateLimits');
  private readonly attempts = new WeakMap<FastifyRequest, LoginAttempt>();

  open(request: FastifyRequest, attempt: LoginAttempt): void {
    this.attempts.set(request, attempt);
  }

  /**
   * Settles attempts just before their answers leave, whoever made the answer: so who was let in and comes again at once
   * finds the count as it should be. If that fails, the answer stands; the count is too high until its window ends.
   */
  readonly settle: onSendHookHandler = (request, reply, _payload, done) => {
    const attempt = this.attempts.get(request);
    if (!attempt) return done();
    attempt
      .settle(reply.statusCode)
      .catch((error: unknown) =>
        this.logger.warn({ msg: 'a login could not be settled', cause: String(error) }),
      )
      .finally(done);
  };
}
