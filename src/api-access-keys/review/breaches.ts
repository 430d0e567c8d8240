/** What an auditor asks about a live key. A dead one opens nothing and breaches nothing. */
export const BREACHES = [
  'never_used',
  'unused_90_days',
  'no_expiry',
  'longer_than_policy',
  'against_policy',
  'user_wide',
  'owner_inactive',
] as const;
export type Breach = (typeof BREACHES)[number];

/**
 * By which policy keys are judged, in SQL: that of the organization `o`, with what the JSON `:proposed` holds in its place,
 * so that it can be seen what a policy would do before it is set.
 */
const POLICY = 'jsonb_populate_record(o.organization, :proposed::jsonb)';

/**
 * Each breach as an SQL condition on the key `k`, its user `u` and the organization `o` that is reviewed; of a user-wide key,
 * reviewed over all organizations, there is no `o`.
 */
const CONDITIONS: Record<Breach, string> = {
  never_used: 'k.last_used_at IS NULL',
  unused_90_days: `coalesce(k.last_used_at, k.created_at) <= app_now() - interval '90 days'`,
  no_expiry: 'k.expires_at IS NULL',
  longer_than_policy: `k.expires_at IS NOT NULL AND o.id IS NOT NULL AND access_key_outlives_policy(k, ${POLICY})`,
  // Blocked while the policy is enforced on use, and what would be once it is.
  against_policy: `k.organization_id = o.id AND access_key_breaks_policy(k, ${POLICY})`,
  user_wide: 'k.organization_id IS NULL',
  owner_inactive: `NOT u.is_active OR o.id IS NOT NULL AND NOT EXISTS (
    SELECT FROM memberships owner WHERE owner.organization_id = o.id AND owner.user_id = u.id)`,
};

/** What of a policy is supposed for once. */
export interface ProposedPolicy {
  readonly longest_key_lifetime_days?: number;
  /** 0: however long. */
  readonly longest_unused_days?: number;
}

/** The parameter that `breachesOf` needs; nothing proposed: every organization's policy as it is. */
export function proposedParameter({ longest_key_lifetime_days, longest_unused_days }: ProposedPolicy): {
  proposed: string;
} {
  // What isn't given is left out by JSON.
  return {
    proposed: JSON.stringify({
      longest_key_lifetime_days,
      longest_unused_days: longest_unused_days === 0 ? null : longest_unused_days,
    }),
  };
}

/** The breaches of a key whose status is the SQL expression `status`, as an SQL array of their names. */
export const breachesOf = (status: string): string => `CASE
  WHEN ${status} IN ('revoked', 'expired') THEN '{}'::text[]
  ELSE array_remove(ARRAY[${BREACHES.map((name) => `CASE WHEN ${CONDITIONS[name]} THEN '${name}' END`).join(', ')}], NULL)
  END`;
