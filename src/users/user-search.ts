import type { EntityManager } from 'typeorm';
import { containing } from '../common/search.js';

/** More users than these are not named one by one: a statement that reads all of them anyway is quicker. */
const MOST = 1_000;

const COLUMNS = { email: ['email'], email_or_name: ['email', 'name'] } as const;

/**
 * The users whose e-mail (or name) contains a term of a search, for a condition that an index of another table serves.
 * `null`: too many to name.
 */
export async function findUsersContaining(
  manager: EntityManager,
  where: keyof typeof COLUMNS,
  term: string,
): Promise<number[] | null> {
  const condition = COLUMNS[where].map((column) => `${column} ILIKE $1`).join(' OR ');
  const rows = await manager.query<{ id: number }[]>(
    `SELECT id FROM users WHERE ${condition} LIMIT ${MOST + 1}`,
    [containing(term)],
  );
  return rows.length > MOST ? null : rows.map(({ id }) => id);
}
