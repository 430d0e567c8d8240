import { Conflict } from '../common/errors.js';

/** What a key is good for, by the database's clock: the first that applies. Only the last two open anything. */
export const KEY_STATUSES = ['revoked', 'expired', 'suspended', 'superseded', 'active'] as const;
export type KeyStatus = (typeof KEY_STATUSES)[number];

/** When the row `k` ends by itself, as an SQL expression: at its expiry, or earlier, when its grace is over. */
export const endOf = (k: string): string => `least(${k}.expires_at, ${k}.retires_at)`;

/**
 * The status of the row `k` as an SQL expression: the one definition, which lists, filters, answers and the credential
 * lookup share. `>=`: a key is dead at the very instant of its expiry. Without grace it is dead from the first use of its
 * successor on, wherever the clock steps (N7).
 */
export const statusOf = (k: string): string => `CASE
  WHEN ${k}.revoked_at IS NOT NULL THEN 'revoked'
  WHEN app_now() >= ${endOf(k)} OR (${k}.grace_seconds = 0 AND ${k}.retires_at IS NOT NULL) THEN 'expired'
  WHEN ${k}.suspended_at IS NOT NULL AND (app_now() >= ${k}.suspended_until) IS NOT TRUE THEN 'suspended'
  WHEN ${k}.replaced_by_id IS NOT NULL THEN 'superseded'
  ELSE 'active' END`;

/** Dead for good: nothing that is done to it makes it work again. */
export function isDead(status: KeyStatus): boolean {
  return status === 'revoked' || status === 'expired';
}

/** Errors: Conflict `key_not_live` for a key that is dead for good. */
export function mustLive({ status }: { readonly status: KeyStatus }): void {
  if (status === 'revoked') throw new Conflict('key_not_live', 'This key was revoked.');
  if (status === 'expired') throw new Conflict('key_not_live', 'This key has expired.');
}
