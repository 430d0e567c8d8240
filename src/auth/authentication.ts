import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { BadKeyLimit } from '../access/limits.js';
import { originOf } from '../access/decorators.js';
import type { Origin, Scheme } from '../access/principal.js';
import { AmbiguousSession, AuthenticationFailed, InvalidApiKey, NotAuthenticated } from '../common/errors.js';
import type { Proven } from './lookup/membership-join.js';
import { withSchemeHint } from './key-without-scheme.js';
import { type Asked, type Attempt, type Presented, presentedCredential } from './presented-credential.js';
import { runStrategy } from './run-strategy.js';
import { SessionCookies } from './sessions/session-cookies.js';
import { ApiKeyStrategy } from './strategies/api-key.strategy.js';
import { JwtStrategy } from './strategies/jwt.strategy.js';
import { SessionStrategy } from './strategies/session.strategy.js';

/**
 * Who are you? Runs the one strategy that the presented credential names; a bad credential ends the request, it never falls
 * through to another scheme or to anonymous. Bad API keys are counted by address, and past the limit answered 429; a good
 * key is let in however many bad ones came from its address.
 */
@Injectable()
export class Authentication {
  private readonly strategies: Record<Scheme, (attempt: Attempt) => Promise<Proven>>;

  constructor(
    apiKey: ApiKeyStrategy,
    jwt: JwtStrategy,
    session: SessionStrategy,
    private readonly cookies: SessionCookies,
    private readonly badKeys: BadKeyLimit,
  ) {
    this.strategies = {
      access_key: (attempt) => runStrategy(apiKey, attempt),
      jwt: (attempt) => jwt.prove(attempt),
      session: (attempt) => runStrategy(session, attempt),
    };
  }

  /** Errors: those of the scheme, all 401; NotAuthenticated; CsrfFailed; Throttled; the database's own, which become 503. */
  async prove(request: FastifyRequest, asked: Asked): Promise<Proven> {
    const { headers } = request;
    try {
      const { scheme, value } = this.one(presentedCredential(request.raw, asked));
      const origin = originOf(request);
      const { address = origin.ip } = asked;
      return await this.strategies[scheme]({ ...asked, value, headers, origin, address });
    } catch (error) {
      if (error instanceof InvalidApiKey) await this.badKeys.count(request);
      throw withSchemeHint(error, request);
    }
  }

  /**
   * Whom a credential proves that somebody else asks about, at this moment; it doesn't count as a use of it, nor as a bad
   * one. `origin`: of whom it was presented by, as far as that is known. Errors: those of the scheme, all 401; the database's own.
   */
  inspect(scheme: Scheme, value: string, origin: Origin): Promise<Proven> {
    const asked = { method: 'GET', organizationId: undefined, headers: {} };
    return this.strategies[scheme]({ ...asked, value, origin, address: origin.ip, inspected: true });
  }

  private one(presented: Presented): Exclude<Presented, { scheme: 'none' | 'ambiguous' }> {
    if (presented.scheme === 'none') throw new NotAuthenticated();
    if (presented.scheme !== 'ambiguous') return presented;
    if (presented.of === 'cookie') throw new AmbiguousSession(this.cookies.cleared);
    throw new AuthenticationFailed('Send one Authorization header.', 'ambiguous');
  }
}
