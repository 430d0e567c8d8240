import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { JudgedRequest } from '../access/decorators.js';
import type { Principal } from '../access/principal.js';
import { NotFound, PermissionDenied, WrongCredentialKind } from '../common/errors.js';
import { accessOf } from './route-access.js';

/**
 * Is this yours, and may your role? Outside, everything is 404: an organization that the caller can't reach, an admin
 * path for who isn't staff. Inside, a missing permission is 403.
 */
@Injectable()
export class RolesGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const access = accessOf(context);
    if (access.kind === 'public') return true;
    const { principal, membership, params } = context
      .switchToHttp()
      .getRequest<JudgedRequest & { params: Record<string, string> }>();
    if (!principal) throw new Error('RolesGuard runs after AuthenticationGuard.');
    if (access.kind === 'staff' && !actsAsStaff(principal)) throw new NotFound();
    if ('org_pk' in params && !membership) throw new NotFound();
    if (access.kind === 'permission' && !membership?.permissions.includes(access.permission)) {
      throw new PermissionDenied();
    }
    if (access.kind === 'authenticated' && !access.via.includes(principal.credential.scheme)) {
      throw new WrongCredentialKind(
        `This endpoint can't be used with ${NAMES[principal.credential.scheme]}.`,
      );
    }
    return true;
  }
}

const NAMES = { access_key: 'an API key', jwt: 'a bearer token', session: 'a session' } as const;

/**
 * Staff by session or JWT, or through a key that was issued for it (contract §4) and reaches everything that its user does: a
 * confined key acts in its one organization (docs/adr/0028).
 */
function actsAsStaff({ isStaff, credential }: Principal): boolean {
  if (!isStaff || credential.scheme !== 'access_key') return isStaff;
  return credential.admin && credential.organizationId === null;
}
