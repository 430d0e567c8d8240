import type { EntityManager } from 'typeorm';
import { containing } from '../common/search.js';

/** More users than these are not named one by one: a statement that reads all of them anyway is quicker. */
const MOST = 5_000;

const COLUMNS = { email: ['email'], email_or_name: ['email', 'name'] } as const;

/** Shorter terms are in no index of trigrams: to find whom they fit reads all users. */
export const SHORTEST_INDEXED = 3;

/** Of a search so many terms are asked for: each may read all users, whoever asks for whichever few rows. */
const MOST_ASKED = 3;

/**
 * The users that each of the longest terms of a search fits, for conditions that an index of another table serves. No
 * entry: too many to name, or a term that isn't asked for, such as one that is shorter than `shortest`.
 */
export async function usersByTerm(
  manager: EntityManager,
  where: keyof typeof COLUMNS,
  terms: readonly string[],
  shortest = SHORTEST_INDEXED,
): Promise<ReadonlyMap<string, number[]>> {
  const asked = [...new Set(terms)]
    .filter(({ length }) => length >= shortest)
    .sort((one, other) => other.length - one.length)
    .slice(0, MOST_ASKED);
  const users = new Map<string, number[]>();
  for (const term of asked) {
    const found = await findUsersContaining(manager, where, term);
    if (found) users.set(term, found);
  }
  return users;
}

/**
 * The users whose e-mail (or name) contains a term of a search, for a condition that an index of another table serves.
 * `null`: too many to name.
 */
async function findUsersContaining(
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
