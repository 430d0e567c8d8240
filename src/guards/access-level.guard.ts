import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { type Access, callsTools, introspects, type JudgedRequest } from '../access/decorators.js';
import { judgeLevel } from '../access/judgement.js';
import { accessOf } from './route-access.js';

/**
 * May this key? Layered over the roles, and able only to narrow. Derived from the method as routed, so there is nothing to
 * declare and nothing to forget; the two handlers whose POST is no write by itself say so in their access decorators.
 */
@Injectable()
export class AccessLevelGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { principal, method } = context.switchToHttp().getRequest<JudgedRequest>();
    if (principal) judgeLevel(principal.credential, onlyAsks(accessOf(context)) ? 'GET' : method);
    return true;
  }
}

function onlyAsks(access: Access): boolean {
  return introspects(access) || callsTools(access);
}
