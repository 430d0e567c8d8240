import type { Actor, Membership, Principal } from '../access/principal.js';

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

/** A key, acting on itself alone. */
export function asItself(by: Principal): KeyAuthority {
  const keyId = by.credential.scheme === 'access_key' ? by.credential.keyId : 0;
  return { by, rank: 'user', within: 'k.id = :keyId', parameters: { keyId } };
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
