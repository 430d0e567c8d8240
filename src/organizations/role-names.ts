import type { EntityManager } from 'typeorm';
import { SYSTEM_ROLE_NAMES } from '../access/system-roles.js';
import { duplicate } from '../common/database-errors.js';
import { skeletonOf } from '../common/look-alikes.js';
import { Role } from './role.entity.js';

const RESERVED = new Set(SYSTEM_ROLE_NAMES.map(skeletonOf));

/**
 * A role that looks like a system role, or like another one of the organization, would deceive whoever grants it
 * (contract §3). Call it while the organization is locked. `id`: the role that is to have the name, which may resemble its
 * old one. Errors: InvalidInput.
 */
export async function mustLookLikeNoOther(
  manager: EntityManager,
  organizationId: number,
  name: string,
  id?: number,
): Promise<void> {
  const looks = skeletonOf(name);
  const others = await manager.find(Role, { select: { id: true, name: true }, where: { organizationId } });
  if (RESERVED.has(looks) || others.some((role) => role.id !== id && skeletonOf(role.name) === looks)) {
    throw duplicate('uq_roles_organization_id_name');
  }
}
