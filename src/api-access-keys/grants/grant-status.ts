/** What a grant is good for, by the database's clock: the first that applies. */
export const GRANT_STATUSES = ['redeemed', 'cancelled', 'lapsed', 'open'] as const;
export type GrantStatus = (typeof GRANT_STATUSES)[number];

/** The status of the row `g` as an SQL expression. A grant also lapses when its key would be dead on arrival. */
export const grantStatusOf = (g: string): string => `CASE
  WHEN ${g}.redeemed_at IS NOT NULL THEN 'redeemed'
  WHEN ${g}.cancelled_at IS NOT NULL THEN 'cancelled'
  WHEN app_now() >= least(${g}.expires_at, ${g}.key_expires_at) THEN 'lapsed'
  ELSE 'open' END`;
