import type { EntityManager } from 'typeorm';
import { ACCESS_LEVELS } from '../../access/access-level.js';
import { KEY_STATUSES, statusOf } from '../key-status.js';

/** How long ago a key was last used, the first that applies. */
export const LAST_USES = ['never', 'last_24_hours', 'last_30_days', 'longer_ago'] as const;

/** How many keys of a set there are of each kind. */
export interface KeyCounts {
  readonly count: number;
  readonly byStatus: Record<string, number>;
  readonly byAccessLevel: Record<string, number>;
  readonly byLastUse: Record<string, number>;
  /** Those with the most keys first. */
  readonly byUser: readonly { userId: number; email: string; count: number }[];
}

interface Row {
  readonly status: string;
  readonly access_level: string;
  readonly last_use: string;
  readonly user_id: number;
  readonly email: string;
  readonly count: number;
}

const COUNT = `
  SELECT ${statusOf('k')} AS status, k.access_level, k.user_id, u.email, count(*)::int AS count,
    CASE
      WHEN k.last_used_at IS NULL THEN 'never'
      WHEN k.last_used_at > app_now() - interval '24 hours' THEN 'last_24_hours'
      WHEN k.last_used_at > app_now() - interval '720 hours' THEN 'last_30_days'
      ELSE 'longer_ago' END AS last_use
  FROM access_keys k JOIN user_names u ON u.id = k.user_id
  WHERE k.id = ANY ($1)
  GROUP BY status, k.access_level, k.user_id, u.email, last_use
  ORDER BY k.user_id`;

/** Counts a set of keys, none of which is revoked. */
export async function countKeys(manager: EntityManager, ids: readonly number[]): Promise<KeyCounts> {
  const rows = await manager.query<Row[]>(COUNT, [ids]);
  const by = (
    names: readonly string[],
    column: 'status' | 'access_level' | 'last_use',
  ): Record<string, number> =>
    Object.fromEntries(names.map((name) => [name, sum(rows.filter((row) => row[column] === name))]));
  const users = new Map(rows.map(({ user_id: userId, email }) => [userId, email]));
  return {
    count: ids.length,
    byStatus: by(
      KEY_STATUSES.filter((status) => status !== 'revoked'),
      'status',
    ),
    byAccessLevel: by(ACCESS_LEVELS, 'access_level'),
    byLastUse: by(LAST_USES, 'last_use'),
    byUser: [...users]
      .map(([userId, email]) => ({ userId, email, count: sum(rows.filter((row) => row.user_id === userId)) }))
      .sort((one, other) => other.count - one.count),
  };
}

function sum(rows: readonly Row[]): number {
  return rows.reduce((total, { count }) => total + count, 0);
}
