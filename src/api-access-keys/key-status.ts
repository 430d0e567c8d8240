import { Conflict } from '../common/errors.js';

/**
 * What a key is good for, by the database's clock: the first that applies. Only the last two open anything. The rule
 * itself is the database's: the function access_key_status. A blocked key may be suspended as well.
 */
export const KEY_STATUSES = ['revoked', 'expired', 'blocked', 'suspended', 'superseded', 'active'] as const;
export type KeyStatus = (typeof KEY_STATUSES)[number];

/** When the row `k` ends by itself, as an SQL expression: at its expiry, or earlier, when its grace is over. */
export const endOf = (k: string): string => `access_key_end(${k})`;

/**
 * Whether the policy of its organization blocks the row `k`, as an SQL expression: it is enforced on use, and would not
 * allow such a key today. Which organizations enforce theirs is asked once, not for every key.
 */
const blockedOf = (k: string): string => `(
  ${k}.organization_id IN (SELECT id FROM organization_policies WHERE enforce_on_use)
  AND EXISTS (
    SELECT FROM organization_policies home
    WHERE home.id = ${k}.organization_id AND access_key_breaks_policy(${k}, home.organization)))`;

/** What an index knows of the keys of a status, as an SQL expression on the row `k`: no key of that status is left out. */
const KNOWN: Partial<Record<KeyStatus, (k: string) => string>> = {
  revoked: (k) => `${k}.revoked_at IS NOT NULL`,
  expired: (k) => `(least(${k}.expires_at, ${k}.retires_at) <= app_now() OR ${k}.grace_seconds = 0)`,
  blocked: (k) => `${k}.organization_id IN (SELECT id FROM organization_policies WHERE enforce_on_use)`,
  suspended: (k) => `${k}.suspended_at IS NOT NULL`,
  superseded: (k) => `${k}.replaced_by_id IS NOT NULL`,
};

/** Whether the row `k` has the status `:status`, as an SQL expression that an index serves where few keys have it. */
export const hasStatus = (k: string, status: KeyStatus): string =>
  [KNOWN[status]?.(k), `${statusOf(k)} = :status`].filter(Boolean).join(' AND ');

/** The status of the row `k` as an SQL expression, of which the planner knows every part. */
export const statusOf = (k: string): string => `access_key_status(${k}, ${blockedOf(k)})`;

/** Whether the row `k` is suspended, and would be, too, if no policy blocked it, as an SQL expression. */
export const suspendedOf = (k: string): string => `access_key_status(${k}, false) = 'suspended'`;

/** Dead for good: nothing that is done to it makes it work again. */
export function isDead(status: KeyStatus): boolean {
  return status === 'revoked' || status === 'expired';
}

/** Errors: Conflict `key_not_live` for a key that is dead for good. */
export function mustLive({ status }: { readonly status: KeyStatus }): void {
  if (status === 'revoked') throw new Conflict('key_not_live', 'This key was revoked.');
  if (status === 'expired') throw new Conflict('key_not_live', 'This key has expired.');
}
