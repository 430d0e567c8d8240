import type { EntityManager } from 'typeorm';
import { NotFound } from '../common/errors.js';
import { Organization } from './organization.entity.js';

/**
 * Takes the lock that all writes to an organization's members and roles go through, until the transaction ends: what
 * is read after it stays true until then. Disabled organizations are there for staff alone. Errors: NotFound.
 */
export async function lockOrganization(manager: EntityManager, id: number): Promise<Organization> {
  const organization = await manager.findOne(Organization, {
    where: { id },
    lock: { mode: 'for_no_key_update' },
  });
  if (!organization) throw new NotFound();
  return organization;
}
