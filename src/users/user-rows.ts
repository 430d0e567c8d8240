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

/** What is asked about the users of many keys at once. */
export type HeldUser = Pick<User, 'id' | 'email' | 'isActive' | 'isStaff'>;

/** The users with these e-mails, in their canonical form, held as they are until the transaction ends; by e-mail. */
export async function holdUsersByEmail(
  manager: EntityManager,
  emails: readonly string[],
): Promise<ReadonlyMap<string, HeldUser>> {
  const users = await manager.query<HeldUser[]>(
    `SELECT id, email, is_active AS "isActive", is_staff AS "isStaff" FROM users WHERE email = ANY($1)
     ORDER BY id FOR SHARE`,
    [emails],
  );
  return new Map(users.map((user) => [user.email, user]));
}
