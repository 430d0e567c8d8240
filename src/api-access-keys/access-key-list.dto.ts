import { ACCESS_LEVELS, type AccessLevel } from '../access/access-level.js';
import { ListQuery, OrderedBy } from '../common/list.js';
import { BooleanFilter, ChoiceFilter, IdFilter, InstantFilter, TextFilter } from '../common/list-filters.js';
import { KEY_STATUSES, type KeyStatus } from './key-status.js';

/** Wire name of the field that a list of keys can be ordered by → property or expression. `ended`: the dead go last. */
export const KEY_ORDERINGS = {
  id: 'k.id',
  name: 'k.name',
  created_at: 'k.createdAt',
  expires_at: 'k.expiresAt',
  last_used_at: 'k.lastUsedAt',
  ended: `(access_key_status(k, false) IN ('revoked', 'expired'))`,
};

/** Those that a key may not have. */
export const KEY_NULLABLE = ['expires_at', 'last_used_at'];

/** What lists of access keys take. */
@OrderedBy(Object.keys(KEY_ORDERINGS), ['name', 'prefix', "the user's e-mail"])
export class KeyListQuery extends ListQuery {
  @IdFilter() organization?: number;
  @IdFilter() user?: number;
  @ChoiceFilter(ACCESS_LEVELS) access_level?: AccessLevel;
  @ChoiceFilter(KEY_STATUSES) status?: KeyStatus;
  @InstantFilter() expires_before?: Date;
  @InstantFilter({ description: 'Used, but not since.' }) last_used_before?: Date;
  @BooleanFilter() never_used?: boolean;
  @TextFilter(8, { description: 'The exact public first half.' })
  prefix?: string;
}
