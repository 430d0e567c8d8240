import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { introspects, type JudgedRequest } from '../access/decorators.js';
import { judgeLevel } from '../access/judgement.js';
import { accessOf } from './route-access.js';

/**
 * May this key? Layered over the roles, and able only to narrow. Derived from the method as routed, so there is nothing to
 * declare and nothing to forget; the one handler that reads by POST says so in its access decorator.
 */
@Injectable()
export class AccessLevelGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { principal, method } = context.switchToHttp().getRequest<JudgedRequest>();
    if (principal) judgeLevel(principal.credential, introspects(accessOf(context)) ? 'GET' : method);
    return true;
  }
}
