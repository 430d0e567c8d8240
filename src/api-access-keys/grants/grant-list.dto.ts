import { ListQuery, OrderedBy } from '../../common/list.js';
import { ChoiceFilter, IdFilter } from '../../common/list-filters.js';
import { GRANT_STATUSES, type GrantStatus } from './grant-status.js';

/** Wire name of the field that a list of grants can be ordered by → property. */
export const GRANT_ORDERINGS = { id: 'g.id', created_at: 'g.createdAt', expires_at: 'g.expiresAt' };

/** What the list of one's own grants takes. */
@OrderedBy(Object.keys(GRANT_ORDERINGS), ['name', 'reason'])
export class OwnGrantListQuery extends ListQuery {
  @IdFilter() organization?: number;
  @ChoiceFilter(GRANT_STATUSES) status?: GrantStatus;
}

/** What the list of all grants takes. */
export class GrantListQuery extends OwnGrantListQuery {
  @IdFilter() user?: number;
}
