import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { isRead } from '../access/access-level.js';
import type { JudgedRequest } from '../access/decorators.js';
import { ReadOnlyKey } from '../common/errors.js';

/**
 * May this key? Layered over the roles, and able only to narrow: a read-only key and any method but a read is 403,
 * whatever the role permits. Derived from the method as routed, so there is nothing to declare and nothing to forget.
 */
@Injectable()
export class AccessLevelGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { principal, method } = context.switchToHttp().getRequest<JudgedRequest>();
    const credential = principal?.credential;
    if (credential?.scheme === 'access_key' && credential.accessLevel === 'read_only' && !isRead(method)) {
      throw new ReadOnlyKey();
    }
    return true;
  }
}
