import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { callsTools, introspects, type JudgedRequest } from '../access/decorators.js';
import { Authentication } from '../auth/authentication.js';
import { parseId } from '../common/ids.js';
import { accessOf } from './route-access.js';

/** Who are you? Public handlers read no credential at all, not even a bad one. Errors: those of Authentication. */
@Injectable()
export class AuthenticationGuard implements CanActivate {
  constructor(private readonly authentication: Authentication) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const access = accessOf(context);
    if (access.kind === 'public') return true;
    const request = context.switchToHttp().getRequest<JudgedRequest & { params: { org_pk?: string } }>();
    const { method, params } = request;
    const organizationId = parseId(params.org_pk);
    const asked = { method, organizationId, basic: introspects(access), cookies: !callsTools(access) };
    const { principal, membership } = await this.authentication.prove(request, asked);
    request.principal = principal;
    request.membership = membership;
    return true;
  }
}
