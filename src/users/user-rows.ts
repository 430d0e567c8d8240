import { type EntityManager, In } from 'typeorm';
import { User } from './user.entity.js';

/** A user as committed, held as it is until the transaction ends; `null`: there is none. */
export function holdUser(manager: EntityManager, id: number): Promise<User | null> {
  return manager.findOne(User, { where: { id }, lock: { mode: 'pessimistic_read' } });
}

/** The same for one act at a time. */
export function holdUserAlone(manager: EntityManager, id: number): Promise<User | null> {
  return manager.findOne(User, { where: { id }, lock: { mode: 'for_no_key_update' } });
}

/** The users with these e-mails, in their canonical form, held as they are until the transaction ends; by e-mail. */
export async function holdUsersByEmail(
  manager: EntityManager,
  emails: readonly string[],
): Promise<ReadonlyMap<string, User>> {
  const users = await manager.find(User, {
    where: { email: In(emails) },
    order: { id: 'ASC' },
    lock: { mode: 'pessimistic_read' },
  });
  return new Map(users.map((user) => [user.email, user]));
}
