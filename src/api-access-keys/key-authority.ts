import type { EntityManager } from 'typeorm';
import type { Actor, Membership, Principal } from '../access/principal.js';
import { mustStillOpen } from '../access/still-open.js';
import { PermissionDenied } from '../common/errors.js';
import { mustStillBeStaff } from '../users/still-staff.js';
import { User } from '../users/user.entity.js';

/** As what somebody acts on a key, weakest first. What a stronger rank suspended, a weaker one can't resume. */
export const RANKS = ['user', 'manager', 'staff'] as const;
export type Rank = (typeof RANKS)[number];

/**
 * Who acts on keys, as what, and on which keys: `within` is an SQL condition on the row `k`, with its parameters. Every
 * act takes one, so there is no way to touch a key outside the caller's reach.
 */
export interface KeyAuthority {
  readonly by: Actor;
  readonly rank: Rank;
  readonly within: string;
  readonly parameters: Readonly<Record<string, number>>;
}

/** Staff, and the operator at the command line: every key. */
export function asStaff(by: Actor): KeyAuthority {
  return { by, rank: 'staff', within: 'true', parameters: {} };
}

/** A user: the own keys; through a confined key only those of its organization. */
export function asOwner(by: Principal): KeyAuthority {
  const { userId, credential } = by;
  const home = credential.scheme === 'access_key' ? credential.organizationId : null;
  return home === null
    ? { by, rank: 'user', within: 'k.user_id = :userId', parameters: { userId } }
    : {
        by,
        rank: 'user',
        within: 'k.user_id = :userId AND k.organization_id = :home',
        parameters: { userId, home },
      };
}

/** A key, acting on itself alone: the key that the request was made with, and none for other credentials. */
export function asItself(by: Principal): KeyAuthority {
  return { by, rank: 'user', within: 'k.id = :keyId', parameters: { keyId: currentKey(by).id } };
}

export function currentKey({ credential }: Principal): { readonly id: number } {
  return { id: credential.scheme === 'access_key' ? credential.keyId : 0 };
}

/** A manager: the keys confined to the organization, and the user-wide ones of its members that reach it. */
export function asManager({ organizationId, principal }: Membership): KeyAuthority {
  return {
    by: principal,
    rank: 'manager',
    within: `(k.organization_id = :organizationId OR k.organization_id IS NULL AND EXISTS (
      SELECT FROM members hm JOIN organizations ho ON ho.id = hm.organization_id
      WHERE hm.organization_id = :organizationId AND hm.user_id = k.user_id AND hm.status = 'active'
        AND ho.allow_user_wide_keys))`,
    parameters: { organizationId },
  };
}

/** Whether `one` is a stronger rank than `other`. */
export function outranks(one: Rank | null, other: Rank): boolean {
  return one !== null && RANKS.indexOf(one) > RANKS.indexOf(other);
}

/**
 * What the guard judged, once more inside the act's transaction, and true until that ends: staff are still staff, a user
 * is still active and has not logged out. A key that acts on itself is judged where that key is held. Errors: NotFound,
 * PermissionDenied, those of authentication.
 */
export async function mustStillHold(manager: EntityManager, { by, rank }: KeyAuthority): Promise<void> {
  if (rank === 'staff') return mustStillBeStaff(manager, by);
  const active = await manager.findOne(User, {
    where: { id: by.userId ?? 0, isActive: true },
    lock: { mode: 'pessimistic_read' },
  });
  if (!active) throw new PermissionDenied();
  if (by.credential?.scheme !== 'access_key') await mustStillOpen(manager, by);
}
