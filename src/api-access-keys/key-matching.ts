import type { EntityManager, SelectQueryBuilder } from 'typeorm';
import { containing, termsOf } from '../common/search.js';
import { SHORTEST_INDEXED, usersByTerm } from '../users/user-search.js';
import { ApiAccessKey } from './access-key.entity.js';
import type { KeyScope } from './key-scope.js';
import { endOf, hasStatus, type KeyStatus } from './key-status.js';

/** Wire name of a filter that lists of keys share → its condition on the row `k`; `status` stands apart. */
const FILTERS = {
  organization: 'k.organizationId = :organization',
  user: 'k.userId = :user',
  access_level: 'k.accessLevel = :access_level',
  expires_before: `${endOf('k')} < :expires_before`,
  last_used_before: 'k.lastUsedAt < :last_used_before',
  never_used: '(k.lastUsedAt IS NULL) = :never_used',
  prefix: 'k.prefix = :prefix',
} as const;

/** What lists of keys are narrowed by. */
export type KeyNarrowing = { readonly [Name in keyof typeof FILTERS]?: unknown } & {
  readonly status?: KeyStatus;
};

/** The keys `k` of a scope; for a `list` from an index, where one key alone is better found by its id. */
export function keysWithin(
  manager: EntityManager,
  { within, parameters, reach }: KeyScope,
  as?: 'list',
): SelectQueryBuilder<ApiAccessKey> {
  const builder = manager.createQueryBuilder(ApiAccessKey, 'k');
  const { mainAlias } = builder.expressionMap;
  if (as === undefined || reach === undefined || !mainAlias) return builder.where(within, parameters);
  mainAlias.subQuery = `(${reach})`; // in place of the table
  return builder.where('true', parameters);
}

/** Narrows keys to those that fit the filters. */
export function narrowKeys(
  builder: SelectQueryBuilder<ApiAccessKey>,
  filter: KeyNarrowing,
): SelectQueryBuilder<ApiAccessKey> {
  for (const [name, condition] of Object.entries(FILTERS)) {
    const value = filter[name as keyof typeof FILTERS];
    if (value !== undefined) builder.andWhere(condition, { [name]: value });
  }
  const { status } = filter;
  return status === undefined ? builder : builder.andWhere(hasStatus('k', status), { status });
}

/**
 * Narrows the keys of a scope to those of which every term of a search is in the name, the prefix or the user's e-mail. Whose
 * e-mails contain the longest terms is asked before: known users are found by an index, together with names and prefixes.
 * Where all keys are read for a short term, users are read but once.
 */
export async function searchKeys(
  builder: SelectQueryBuilder<ApiAccessKey>,
  manager: EntityManager,
  { within }: KeyScope,
  search: string | undefined,
): Promise<void> {
  const terms = termsOf(search);
  const owners = await usersByTerm(manager, 'email', terms, within === 'true' ? 1 : SHORTEST_INDEXED);
  let joined = false;
  for (const [n, term] of terms.entries()) {
    const [pattern, users] = [`search_${n}`, `users_${n}`];
    const found = owners.get(term);
    if (!found && !joined) builder.innerJoin('user_names', 'owner', 'owner.id = k.userId');
    joined ||= !found;
    // E-mails are lower case already, as good as always: that is asked first, at a fraction of what folding costs.
    const byOwner = found
      ? `k.userId = ANY(:${users})`
      : `owner.email LIKE lower(:${pattern}) OR owner.email ILIKE :${pattern}`;
    builder.andWhere(`(${byOwner} OR k.name ILIKE :${pattern} OR k.prefix ILIKE :${pattern})`, {
      [pattern]: containing(term),
      ...(found && { [users]: found }),
    });
  }
}
