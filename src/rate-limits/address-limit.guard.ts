import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { type Limited, limitOf } from '../access/limits.js';
import { LoginAttempt } from './login-attempt.js';
import { OpenAttempts } from './open-attempts.js';
import { networkOf } from './network.js';
import { RateLimits } from './rate-limits.js';

type AddressLimit = Exclude<Limited, 'provider_check'>;

/**
 * The limits that count by address, before anything is asked of the caller (contract §1, order). Which bucket a request
 * counts in depends on the handler and the address alone, and for logins on the account: not on the form of the path, a
 * header, or a field that the handler doesn't know (Strapi CVE-2025-64526).
 */
@Injectable()
export class AddressLimitGuard implements CanActivate {
  constructor(
    private readonly limits: RateLimits,
    private readonly attempts: OpenAttempts,
  ) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const limit = limitOf(context.getHandler());
    if (limit === undefined || limit === 'provider_check') return true;
    return this.count(limit, context.switchToHttp().getRequest<FastifyRequest>());
  }

  private async count(limit: AddressLimit, request: FastifyRequest): Promise<true> {
    const network = networkOf(request.ip);
    if (limit !== 'login') {
      await this.limits.take(limit, network);
      return true;
    }
    this.attempts.begin(request);
    this.attempts.open(request, await LoginAttempt.take(this.limits, network, emailIn(request.body)));
    return true;
  }
}

function emailIn(body: unknown): unknown {
  return typeof body === 'object' && body !== null ? (body as { email?: unknown }).email : undefined;
}
