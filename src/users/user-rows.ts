import type { EntityManager } from 'typeorm';
import { User } from './user.entity.js';

/** A user as committed, held as it is until the transaction ends; `null`: there is none. */
export function holdUser(manager: EntityManager, id: number): Promise<User | null> {
  return manager.findOne(User, { where: { id }, lock: { mode: 'pessimistic_read' } });
}

/** The same for one act at a time. */
export function holdUserAlone(manager: EntityManager, id: number): Promise<User | null> {
  return manager.findOne(User, { where: { id }, lock: { mode: 'for_no_key_update' } });
}

/** The user with this e-mail, in its canonical form. */
export function findUserByEmail(manager: EntityManager, email: string): Promise<User | null> {
  return manager.findOneBy(User, { email });
}
