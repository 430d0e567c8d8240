import type { Credential } from '../../access/principal.js';
import {
  type ApiError,
  Conflict,
  type FieldErrors,
  InvalidInput,
  PermissionDenied,
} from '../../common/errors.js';
import { noSuchObject } from '../../common/fields.js';
import type { Standing } from '../../organizations/organization-rows.js';
import { USER_INACTIVE } from '../../users/user-lookups.js';
import type { User } from '../../users/user.entity.js';
import type { Way, WayName } from './ways.js';

/** A key as somebody wants it made, or back. */
export interface WantedKey {
  readonly userId: number;
  /** `null`: user-wide. */
  readonly organizationId: number | null;
  readonly admin: boolean;
}

/** What is so at this moment, and stays so until the transaction ends. */
export interface Facts {
  readonly user: Pick<User, 'isActive' | 'isStaff'> | null;
  /** In the organization that the key is confined to; `null`: there is no such organization. */
  readonly standing: Standing | null;
  /** Staff stopped the issuing of all keys. */
  readonly issuingStopped: boolean;
}

/** What stands against a key, with the field of the wire that is at fault. */
interface Problem {
  readonly field: 'user' | 'organization' | 'admin';
  readonly code: string;
  readonly message: string;
}

/** For whom and where a key may be: its user is active, a member where it is confined, and staff if it opens admin paths. */
export function problemsOf(
  { userId, organizationId, admin }: WantedKey,
  { user, standing }: Facts,
): Problem[] {
  const problems: Problem[] = [];
  const found = (field: Problem['field'], code: string, message: string): void => {
    problems.push({ field, code, message });
  };
  if (!user) found('user', 'no_such_user', noSuchObject(userId));
  else if (!user.isActive) found('user', 'user_inactive', USER_INACTIVE);
  if (organizationId !== null) {
    if (!standing) found('organization', 'no_such_organization', noSuchObject(organizationId));
    else if (user && !standing.permissions) {
      found('organization', 'not_a_member', 'The user is not a member of this organization.');
    }
  }
  if (admin && user && !user.isStaff) found('admin', 'not_staff', 'Only staff can hold an admin key.');
  // Admin paths act on every organization, so a key that opens them is confined to none (docs/adr/0028).
  if (admin && organizationId !== null) {
    found('admin', 'admin_key_confined', "An admin key can't be confined to an organization.");
  }
  return problems;
}

/** The problems as the refusal of a body that names user and organization. */
export function asFieldErrors(problems: readonly Problem[]): FieldErrors {
  const errors: Record<string, string[]> = {};
  for (const { field, message } of problems) (errors[field] ??= []).push(message);
  return errors;
}

/**
 * The problems as a refusal: of the body, where that names user and organization; of a state, where the key or the grant
 * is there already.
 */
export function refusalOf(
  way: WayName,
  { organizationId }: WantedKey,
  problems: Problem[],
): ApiError | undefined {
  const [first] = problems;
  if (!first) return undefined;
  if (way === 'issue' || way === 'import') return new InvalidInput(asFieldErrors(problems));
  // An organization that isn't the caller's looks as if there were none.
  if (way === 'own_issue') return InvalidInput.field('organization', noSuchObject(organizationId ?? 0));
  if (way === 'redeem') {
    const gone = 'You are no longer a member of the organization of this grant.';
    const away = 'The organization of this grant is not there, or not reachable from here.';
    return new Conflict('grant_void', first.code === 'no_such_organization' ? away : gone);
  }
  return new Conflict(first.code, first.message);
}

/**
 * Who may make such a key. Errors: PermissionDenied where the policy or the role is asked and says no, and for a key of
 * staff or an admin key that is made through a key.
 */
export function mustBeAllowed(
  way: Way,
  { organizationId, admin }: WantedKey,
  { user, standing }: Facts,
  credential: Credential | null,
): void {
  if (credential?.scheme === 'access_key' && (admin || (way.forOthers && user?.isStaff))) {
    throw new PermissionDenied('Keys of staff are issued and resumed by session or JWT.');
  }
  if (!way.policy || organizationId === null) return;
  if (!standing?.permissions?.includes('access_key.issue')) throw new PermissionDenied();
  if (!standing.selfServeKeys) {
    throw new PermissionDenied('The policy of this organization does not allow to issue keys for oneself.');
  }
}

/**
 * On a bad night nobody makes keys: neither where the organization stopped it, nor anywhere once staff did. Errors: Conflict
 * `issuing_stopped`.
 */
export function mustNotBeStopped({ standing, issuingStopped }: Facts): void {
  if (issuingStopped) throw new Conflict('issuing_stopped', 'The issuing of access keys is stopped.');
  if (standing?.issuingStopped) {
    throw new Conflict('issuing_stopped', 'The issuing of access keys is stopped in this organization.');
  }
}
