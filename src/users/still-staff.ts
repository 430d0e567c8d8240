import type { EntityManager } from 'typeorm';
import type { Actor } from '../access/principal.js';
import { mustStillOpen } from '../access/still-open.js';
import { NotFound } from '../common/errors.js';
import { User } from './user.entity.js';

/**
 * That whoever acts as staff still is, by a credential that still opens something, until the transaction ends; the
 * operator is not asked. Errors: NotFound, those of authentication.
 */
export async function mustStillBeStaff(manager: EntityManager, by: Actor): Promise<void> {
  if (by.userId === null) return;
  const staff = await manager.findOne(User, {
    where: { id: by.userId, isStaff: true, isActive: true },
    lock: { mode: 'pessimistic_read' },
  });
  if (!staff) throw new NotFound();
  await mustStillOpen(manager, by);
}
