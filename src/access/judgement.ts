import { NotFound, PermissionDenied, ReadOnlyKey, WrongCredentialKind } from '../common/errors.js';
import { isRead } from './access-level.js';
import type { Access } from './decorators.js';
import type { Credential, Membership, Principal } from './principal.js';

/** Who calls, and the caller's place in the organization that is meant, if any. */
interface Caller {
  readonly principal: Principal;
  readonly membership: Pick<Membership, 'permissions'> | undefined;
}

/** What is to be done. */
interface Deed {
  /** An organization is meant, whether or not there is one like that. */
  readonly inOrganization: boolean;
  readonly method: string;
}

/**
 * May this caller? The rules of the contract, §1, in their order, for whoever has to judge: is it yours (else 404), may your
 * role (403), may this kind of credential (403), may this key (403). The guards judge a request by it, the checks for
 * gateways what a request to somebody else asks, and MCP each call of a tool.
 */
export function judge(access: Access, caller: Caller, deed: Deed): void {
  judgeRole(access, caller, deed.inOrganization);
  judgeLevel(caller.principal.credential, deed.method);
}

/**
 * Outside, everything is 404: an organization that the caller can't reach, an admin path for who isn't staff. Inside, a
 * missing permission is 403. Errors: NotFound, PermissionDenied, WrongCredentialKind.
 */
export function judgeRole(access: Access, { principal, membership }: Caller, inOrganization: boolean): void {
  if (access.kind === 'staff' && !actsAsStaff(principal)) throw new NotFound();
  if (inOrganization && !membership) throw new NotFound();
  if (access.kind === 'permission' && !membership?.permissions.includes(access.permission)) {
    throw new PermissionDenied();
  }
  const { scheme } = principal.credential;
  if (access.kind === 'authenticated' && !access.via.includes(scheme)) {
    throw new WrongCredentialKind(`This endpoint can't be used with ${NAMES[scheme]}.`);
  }
}

/** A read-only key and any method but a read is refused, whatever the role permits. Errors: ReadOnlyKey. */
export function judgeLevel(credential: Credential, method: string): void {
  if (credential.scheme === 'access_key' && credential.accessLevel === 'read_only' && !isRead(method)) {
    throw new ReadOnlyKey();
  }
}

const NAMES = { access_key: 'an API key', jwt: 'a bearer token', session: 'a session' } as const;

/**
 * Staff by session or JWT, or through a key that was issued for it (contract §4) and reaches everything that its user does: a
 * confined key acts in its one organization (docs/adr/0028).
 */
export function actsAsStaff({ isStaff, credential }: Principal): boolean {
  if (!isStaff || credential.scheme !== 'access_key') return isStaff;
  return credential.admin && credential.organizationId === null;
}
