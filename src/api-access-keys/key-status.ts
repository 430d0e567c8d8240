/** What a key is good for, by the database's clock: the first that applies. Only the last two open anything. */
export const KEY_STATUSES = ['revoked', 'expired', 'suspended', 'superseded', 'active'] as const;
export type KeyStatus = (typeof KEY_STATUSES)[number];

/**
 * The status of the row `k` as an SQL expression: the one definition, which lists, filters, answers and the credential
 * lookup share. `>=`: a key is dead at the very instant of its expiry.
 */
export const statusOf = (k: string): string => `CASE
  WHEN ${k}.revoked_at IS NOT NULL THEN 'revoked'
  WHEN app_now() >= least(${k}.expires_at, ${k}.retires_at) THEN 'expired'
  WHEN ${k}.suspended_at IS NOT NULL AND (app_now() >= ${k}.suspended_until) IS NOT TRUE THEN 'suspended'
  WHEN ${k}.replaced_by_id IS NOT NULL THEN 'superseded'
  ELSE 'active' END`;
