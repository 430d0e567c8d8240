import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { JudgedRequest } from '../access/decorators.js';
import { judgeRole } from '../access/judgement.js';
import { accessOf } from './route-access.js';

/** Is this yours, and may your role? */
@Injectable()
export class RolesGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const access = accessOf(context);
    if (access.kind === 'public') return true;
    const { principal, membership, params } = context
      .switchToHttp()
      .getRequest<JudgedRequest & { params: Record<string, string> }>();
    if (!principal) throw new Error('RolesGuard runs after AuthenticationGuard.');
    judgeRole(access, { principal, membership }, 'org_pk' in params);
    return true;
  }
}
