import { endOf, statusOf } from './key-status.js';

/** What a live key may need its user for. */
export const KEY_NEEDS = ['expiring', 'never_used', 'unused', 'superseded_in_use', 'blocked'] as const;
export type KeyNeed = (typeof KEY_NEEDS)[number];

/** How many keys of each need are shown. */
const SHOWN = 10;

/**
 * Each need as SQL on a row of `own`: when a key has it, and what tells which comes first. The lists that the filters
 * `status`, `expires_before`, `never_used` and `last_used_before` give are the same.
 */
const CONDITIONS: Record<KeyNeed, { readonly when: string; readonly first: string }> = {
  expiring: { when: `status = 'active' AND ends_at < app_now() + interval '14 days'`, first: 'ends_at' },
  never_used: { when: `status = 'active' AND last_used_at IS NULL`, first: 'created_at' },
  unused: {
    when: `status = 'active' AND last_used_at < app_now() - interval '90 days'`,
    first: 'last_used_at',
  },
  superseded_in_use: {
    when: `status = 'superseded' AND last_used_at > succeeded_at`,
    first: 'coalesce(ends_at, succeeded_at)',
  },
  blocked: { when: `status = 'blocked'`, first: 'created_at' },
};

const VALUES = KEY_NEEDS.map((need) => `('${need}', ${CONDITIONS[need].when}, ${CONDITIONS[need].first})`);

/** Of each need that any key of the user $1 has: how many have it, and the ids of the most urgent ones. */
export const COUNT_NEEDS = `
  WITH own AS MATERIALIZED (
    SELECT k.id, k.created_at, k.last_used_at, ${statusOf('k')} AS status, ${endOf('k')} AS ends_at,
      successor.created_at AS succeeded_at
    FROM access_keys k LEFT JOIN access_keys successor ON successor.id = k.replaced_by_id
    WHERE k.user_id = $1 AND k.revoked_at IS NULL
  )
  SELECT need, count(*)::integer AS count, (array_agg(id ORDER BY first, id))[1:${SHOWN}] AS ids
  FROM own CROSS JOIN LATERAL (VALUES ${VALUES.join(', ')}) AS needs(need, has, first)
  WHERE has GROUP BY need`;

/** Some of a list, and how long it is. */
export interface Excerpt<T> {
  readonly count: number;
  readonly results: readonly T[];
}
