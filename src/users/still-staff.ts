import type { EntityManager } from 'typeorm';
import type { Actor } from '../access/principal.js';
import { NotFound } from '../common/errors.js';
import { User } from './user.entity.js';

/** That whoever acts as staff still is, until the transaction ends; the operator is not asked. Errors: NotFound. */
export async function mustStillBeStaff(manager: EntityManager, { userId }: Actor): Promise<void> {
  if (userId === null) return;
  const staff = await manager.findOne(User, {
    where: { id: userId, isStaff: true, isActive: true },
    lock: { mode: 'pessimistic_read' },
  });
  if (!staff) throw new NotFound();
}
