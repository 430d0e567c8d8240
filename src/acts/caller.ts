import type { EntityManager } from 'typeorm';
import type { AccessLevel } from '../access/access-level.js';
import type { Permission } from '../access/permissions.js';
import type { Credential } from '../access/principal.js';
import {
  type ApiError,
  AuthenticationFailed,
  InvalidApiKey,
  InvalidBearer,
  NotFound,
  PermissionDenied,
  ReadOnlyKey,
} from '../common/errors.js';
import type { Authority } from './authority.js';

interface HeldCredential {
  readonly works: boolean;
  readonly access_level: AccessLevel;
  readonly is_staff: boolean;
  readonly is_active: boolean;
}

/**
 * Locks what everything about an act depends on, before the act reads anything: the organization of a member, the row of a
 * key that acts on itself. Gives what the member's role permits. Errors: NotFound when the member is none any more or the
 * key, or the address, no longer reaches the organization, PermissionDenied.
 */
export async function lockFor(manager: EntityManager, authority: Authority): Promise<readonly Permission[]> {
  if (authority.as === 'itself') await lockKey(manager, authority.keyId);
  if (authority.as !== 'member') return [];
  const { membership, permission, by } = authority;
  const { id, organizationId } = membership;
  await manager.query('SELECT hold_organization($1)', [organizationId]);
  const [member] = await manager.query<{ permissions: Permission[]; allow_user_wide_keys: boolean }[]>(
    `SELECT permissions, allow_user_wide_keys FROM memberships
     WHERE id = $1 AND organization_id = $2 AND live AND address_allowed($3, allowed_networks)`,
    [id, organizationId, by.origin.ip],
  );
  if (!member) throw new NotFound();
  const { credential } = by;
  const userWide = credential.scheme === 'access_key' && credential.organizationId === null;
  if (userWide && !member.allow_user_wide_keys) throw new NotFound();
  if (!member.permissions.includes(permission)) throw new PermissionDenied();
  return member.permissions;
}

/**
 * That the caller's credential still works and is full, and that staff still are: true until the transaction ends. Errors:
 * those of authentication, ReadOnlyKey, NotFound for who is staff no longer.
 */
export async function judgeCaller(manager: EntityManager, authority: Authority): Promise<void> {
  if (authority.as === 'unjudged') return;
  const { credential } = authority.by;
  const [held] = await manager.query<HeldCredential[]>('SELECT * FROM hold_credential($1, $2, $3)', [
    credential.scheme,
    idOf(credential),
    authority.by.origin.ip,
  ]);
  if (authority.as === 'member' && held && !held.is_active) throw new NotFound(); // a member no more
  if (!held?.works) throw ended(credential);
  if (held.access_level === 'read_only') throw new ReadOnlyKey();
  if (authority.as === 'staff' && !held.is_staff) throw new NotFound();
}

/** Keys are locked from older to newer everywhere: first the one that this key replaces, if it waits for the first use. */
async function lockKey(manager: EntityManager, keyId: number): Promise<void> {
  await manager.query('SELECT hold_access_key($1)', [keyId]);
}

function idOf(credential: Credential): number {
  if (credential.scheme === 'access_key') return credential.keyId;
  return credential.scheme === 'jwt' ? credential.familyId : credential.sessionId;
}

function ended(credential: Credential): ApiError {
  const reason = 'ended_meanwhile';
  if (credential.scheme === 'jwt') return InvalidBearer.notValid(reason);
  if (credential.scheme === 'session') return new AuthenticationFailed('Invalid session.', reason);
  return new InvalidApiKey(reason, { prefix: credential.prefix, id: credential.keyId });
}
