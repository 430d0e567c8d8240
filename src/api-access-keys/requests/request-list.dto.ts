import { ACCESS_LEVELS, type AccessLevel } from '../../access/access-level.js';
import { ListQuery, OrderedBy } from '../../common/list.js';
import { ChoiceFilter, IdFilter } from '../../common/list-filters.js';
import { REQUEST_STATUSES, type RequestStatus } from './request-status.js';

/** Wire name of the field that a list of requests can be ordered by → property. */
export const REQUEST_ORDERINGS = {
  id: 'r.id',
  name: 'r.name',
  created_at: 'r.createdAt',
  expires_at: 'r.keyExpiresAt',
};

/** What lists of requests take. */
@OrderedBy(Object.keys(REQUEST_ORDERINGS), ['name', 'reason', "the user's e-mail"])
export class RequestListQuery extends ListQuery {
  @IdFilter() organization?: number;
  @IdFilter() user?: number;
  @ChoiceFilter(ACCESS_LEVELS) access_level?: AccessLevel;
  @ChoiceFilter(REQUEST_STATUSES) status?: RequestStatus;
}
