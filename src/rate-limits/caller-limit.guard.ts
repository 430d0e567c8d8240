import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { JudgedRequest } from '../access/decorators.js';
import { limitOf } from '../access/limits.js';
import { parseId } from '../common/ids.js';
import { RateLimits } from './rate-limits.js';

type RequestWithParams = JudgedRequest & { params: Record<string, string> };

/**
 * The limits that count by what a proven caller acts on. Runs after all other guards and before the body is judged, which
 * is the order of the contract, §1: whoever may not act at all uses nothing up.
 */
@Injectable()
export class CallerLimitGuard implements CanActivate {
  constructor(private readonly limits: RateLimits) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    return (
      limitOf(context.getHandler()) !== 'provider_check' ||
      this.countCheck(context.switchToHttp().getRequest())
    );
  }

  private async countCheck({ membership, params }: RequestWithParams): Promise<true> {
    const id = parseId(params.api_key_pk);
    // Without either: not found, as the handler will say.
    if (membership && id !== undefined) {
      await this.limits.takeProviderCheck(membership, id);
    }
    return true;
  }
}
