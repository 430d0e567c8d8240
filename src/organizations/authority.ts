import type { EntityManager } from 'typeorm';
import type { Permission } from '../access/permissions.js';
import type { Membership } from '../access/principal.js';
import { mustStillOpen } from '../access/still-open.js';
import { NotFound, PermissionDenied } from '../common/errors.js';
import { Member } from './member.entity.js';
import { Organization } from './organization.entity.js';
import type { Role } from './role.entity.js';

/** What a role permits, whatever else it is. */
type Holder = Pick<Role, 'permissions'>;

/** What somebody may do in an organization, read under its lock and true until the transaction ends. */
export class Authority {
  constructor(private readonly held: readonly Permission[]) {}

  /**
   * Nobody grants what they don't hold, nor edits, demotes or removes what holds more than they do (contract §3).
   * Errors: PermissionDenied.
   */
  mustCover(...roles: readonly Holder[]): void {
    const covered = roles.every(({ permissions }) => permissions.every((one) => this.held.includes(one)));
    if (!covered) throw new PermissionDenied();
  }
}

/**
 * Takes the lock that all writes to an organization's members, roles and policy go through, until the transaction ends:
 * what is read after it stays true until then. Errors: NotFound.
 */
export async function lockOrganization(manager: EntityManager, id: number): Promise<Organization> {
  const organization = await manager.findOne(Organization, {
    where: { id },
    lock: { mode: 'for_no_key_update' },
  });
  if (!organization) throw new NotFound();
  return organization;
}

/**
 * The lock above, and then once more what the guard judged before it: a member who was demoted, removed or deactivated
 * in between, or whose credential ended, must not win (ASVS 15.4.2). The user's row is kept from changing as well.
 * Errors: NotFound when the member is no longer one or the key no longer reaches the organization, PermissionDenied,
 * those of authentication.
 */
export async function lockAsMember(
  manager: EntityManager,
  { id, organizationId, principal }: Membership,
  permission: Permission,
): Promise<Authority> {
  const { disabledAt, allowUserWideKeys } = await lockOrganization(manager, organizationId);
  const member = await manager
    .createQueryBuilder(Member, 'm')
    .innerJoinAndSelect('m.role', 'r')
    .innerJoin('m.user', 'u')
    .where(`m.id = :id AND m.organizationId = :organizationId AND m.status = 'active' AND u.isActive`, {
      id,
      organizationId,
    })
    .setLock('pessimistic_read', undefined, ['u'])
    .getOne();
  if (disabledAt || !member?.role) throw new NotFound();
  await mustStillOpen(manager, principal);
  const { credential } = principal;
  const userWide = credential.scheme === 'access_key' && credential.organizationId === null;
  if (userWide && !allowUserWideKeys) throw new NotFound();
  if (!member.role.permissions.includes(permission)) throw new PermissionDenied();
  return new Authority(member.role.permissions);
}
