import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Observable } from 'rxjs';
import type { JudgedRequest } from '../access/decorators.js';
import { LIMITED, type Limited } from '../access/limits.js';
import { parseId } from '../common/id.pipe.js';
import { RateLimits } from './rate-limits.service.js';

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

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const limit = this.reflector.get<Limited | undefined>(LIMITED, context.getHandler());
    if (limit === 'provider_check') {
      const { membership, params } = context
        .switchToHttp()
        .getRequest<JudgedRequest & { params: Record<string, string> }>();
      const id = parseId(params.api_key_pk);
      if (membership && id !== undefined)
        await this.limits.take(limit, String(membership.organizationId), String(id));
    }
    return next.handle();
  }
}
