import { ACCESS_LEVELS, type AccessLevel } from '../../access/access-level.js';
import { BooleanField, ChoiceField, IdField, InstantField, TextField } from '../../common/fields.js';
import { KEY_STATUSES, type KeyStatus } from '../key-status.js';

/** Which keys somebody means: the filters and the search of the lists of keys, in a body. None: all. */
export class KeyFilter {
  @IdField({ optional: true }) organization?: number;
  @IdField({ optional: true }) user?: number;
  @ChoiceField(ACCESS_LEVELS, { optional: true }) access_level?: AccessLevel;
  @ChoiceField(KEY_STATUSES, { optional: true }) status?: KeyStatus;
  @InstantField({ optional: true }) expires_before?: string;
  @InstantField({ optional: true, description: 'Used, but not since.' }) last_used_before?: string;
  @BooleanField({ optional: true }) never_used?: boolean;
  @TextField({ max: 8, optional: true, description: 'The exact public first half.' }) prefix?: string;
  @TextField({ max: 200, optional: true, description: "In the name, the prefix or the user's e-mail." })
  search?: string;
}
