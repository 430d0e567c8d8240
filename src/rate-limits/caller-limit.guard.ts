import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Observable } from 'rxjs';
import type { JudgedRequest } from '../access/decorators.js';
import { LIMITED, type Limited } from '../access/limits.js';
import { parseId } from '../common/id.pipe.js';
import { RateLimits } from './rate-limits.service.js';

type RequestWithParams = JudgedRequest & { params: Record<string, string> };

/**
 * The limits that count by what a proven caller acts on. As an interceptor it runs after all guards and before the body
 * is judged, which is the order of the contract, §1: whoever may not act at all uses nothing up.
 */
@Injectable()
export class CallerLimitInterceptor implements NestInterceptor {
  constructor(
    private readonly reflector: Reflector,
    private readonly limits: RateLimits,
  ) {}

  intercept(
    context: ExecutionContext,
    next: CallHandler,
  ): Observable<unknown> | Promise<Observable<unknown>> {
    const limit = this.reflector.get<Limited | undefined>(LIMITED, context.getHandler());
    if (limit !== 'provider_check') return next.handle();
    return this.countCheck(context.switchToHttp().getRequest()).then(() => next.handle());
  }

  private async countCheck({ membership, params }: RequestWithParams): Promise<void> {
    const id = parseId(params.api_key_pk);
    if (!membership || id === undefined) return; // not found, as the handler will say
    await this.limits.take('provider_check', String(membership.organizationId), String(id));
  }
}
