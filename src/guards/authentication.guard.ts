import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { JudgedRequest } from '../access/decorators.js';
import { BadKeyLimit } from '../access/limits.js';
import { AuthenticationFailed, InvalidApiKey, InvalidBearer, NotAuthenticated } from '../common/errors.js';
import type { Proven } from '../auth/lookup/membership-join.js';
import { presentedCredential } from '../auth/presented-credential.js';
import { ApiKeyStrategy } from '../auth/strategies/api-key.strategy.js';
import { JwtStrategy } from '../auth/strategies/jwt.strategy.js';
import { SessionStrategy } from '../auth/strategies/session.strategy.js';
import { accessOf } from './route-access.js';
import { runStrategy, StrategyRefusal } from './run-strategy.js';

/**
 * Who are you? Runs the one strategy that the presented credential names; a bad credential ends the request, it never
 * falls through to another scheme or to anonymous. Public handlers read no credential at all. Bad API keys are counted
 * by address, and past the limit answered 429; a good key is let in however many bad ones came from its address.
 */
@Injectable()
export class AuthenticationGuard implements CanActivate {
  private readonly strategies: Record<'access_key' | 'jwt' | 'session', object>;

  constructor(
    apiKey: ApiKeyStrategy,
    jwt: JwtStrategy,
    session: SessionStrategy,
    private readonly badKeys: BadKeyLimit,
  ) {
    this.strategies = { access_key: apiKey, jwt, session };
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (accessOf(context).kind === 'public') return true;
    const request = context.switchToHttp().getRequest<JudgedRequest>();
    const { scheme } = presentedCredential(request);
    if (scheme === 'none') throw new NotAuthenticated();
    if (scheme === 'ambiguous') throw new AuthenticationFailed('Send one Authorization header.', 'ambiguous');
    try {
      const { principal, membership } = await runStrategy<Proven>(this.strategies[scheme], request);
      request.principal = principal;
      request.membership = membership;
      return true;
    } catch (error) {
      if (error instanceof InvalidApiKey) await this.badKeys.count(request);
      throw error instanceof StrategyRefusal ? InvalidBearer.notValid(error.message) : error;
    }
  }
}
