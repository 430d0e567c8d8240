import { ApiProperty } from '@nestjs/swagger';
import { ACCESS_LEVELS } from '../../access/access-level.js';
import { BooleanField, TextField } from '../../common/fields.js';
import { ObjectField } from '../../common/object-fields.js';
import { instantOf } from '../access-key-bodies.dto.js';
import { EndedAnswer } from '../access-key.dto.js';
import { KEY_STATUSES } from '../key-status.js';
import type { BulkOrder, CountedKeys, RevokedKeys } from './bulk-revocations.js';
import { KeyFilter } from './key-filter.js';
import { LAST_USES } from './counting.js';

/** What somebody sends to revoke many keys: first to have them counted, then with the token for exactly these. */
export class BulkRevokeBody {
  @ObjectField(KeyFilter, {
    closed: true,
    description: 'Of the keys that are not revoked, those that all of these fit; `{}`: all.',
  })
  filter!: KeyFilter;

  @TextField({ max: 500, description: 'Kept with each key.' }) reason!: string;

  @BooleanField({ optional: true, description: 'Only count, and get a token. Default: true.' })
  dry_run?: boolean;

  @TextField({
    max: 100,
    trim: false,
    optional: true,
    description: 'Of the dry run with the same filter; without `dry_run` it is required.',
  })
  confirm_token?: string;
}

/** A revocation of many, as the service takes it; the filter's instants in one spelling, for the token is bound to it. */
export function bulkOrderOf({ filter, reason, dry_run = true, confirm_token }: BulkRevokeBody): BulkOrder {
  const { expires_before, last_used_before, ...others } = filter;
  const inOneForm = {
    ...others,
    ...(expires_before && { expires_before: isoOf(expires_before) }),
    ...(last_used_before && { last_used_before: isoOf(last_used_before) }),
  };
  return { filter: inOneForm, reason, dryRun: dry_run, confirmToken: confirm_token };
}

function isoOf(text: string): string {
  return instantOf(text)?.toISOString() ?? text;
}

const counts = (names: readonly string[]): object => ({
  type: 'object',
  properties: Object.fromEntries(names.map((name) => [name, { type: 'integer' }])),
  required: [...names],
});

class CountedUser {
  @ApiProperty({ type: 'integer' }) user!: number;
  @ApiProperty({ format: 'email' }) email!: string;
  @ApiProperty({ type: 'integer' }) count!: number;
}

/** What would be revoked, and the token with which it is. */
export class CountedKeysAnswer {
  @ApiProperty({ enum: [true] }) dry_run!: true;
  @ApiProperty({ type: 'integer' }) count!: number;
  @ApiProperty({
    type: 'integer',
    description:
      'User-wide keys that fit as well: a manager can’t revoke them, the policy can shut them out.',
  })
  user_wide!: number;
  @ApiProperty(counts(KEY_STATUSES.filter((status) => status !== 'revoked'))) by_status!: Record<
    string,
    number
  >;
  @ApiProperty(counts(ACCESS_LEVELS)) by_access_level!: Record<string, number>;
  @ApiProperty(counts(LAST_USES)) by_last_use!: Record<string, number>;
  @ApiProperty({ type: [CountedUser], description: 'Those with the most keys first.' })
  by_user!: readonly CountedUser[];
  @ApiProperty({ description: 'For exactly these keys, by whoever counted them.' }) confirm_token!: string;
  @ApiProperty({ type: 'integer', description: 'Of the token, in seconds.' }) expires_in!: number;
}

/** A counted key that was not revoked: it no longer fits the filter. */
class VanishedKey {
  @ApiProperty({ type: 'integer' }) id!: number;
  @ApiProperty() prefix!: string;
  @ApiProperty({ enum: KEY_STATUSES }) status!: string;
}

/** What was revoked with this token, by this request and those before it. */
export class RevokedKeysAnswer {
  @ApiProperty({ enum: [false] }) dry_run!: false;
  @ApiProperty({
    type: 'integer',
    description: 'How many of the counted keys were revoked since, by this request and those before it.',
  })
  revoked!: number;
  @ApiProperty({
    type: [VanishedKey],
    description: 'Counted, but it no longer fits the filter: not revoked now.',
  })
  vanished!: readonly VanishedKey[];
  @ApiProperty({ type: [EndedAnswer], description: 'What else ended with them.' })
  ended!: readonly EndedAnswer[];
  @ApiProperty({
    type: 'integer',
    description:
      'How many of the counted keys are still to be revoked: send the same request again until none is.',
  })
  remaining!: number;
}

/** What was counted, or what was revoked. */
export function bulkAnswer(outcome: CountedKeys | RevokedKeys): CountedKeysAnswer | RevokedKeysAnswer {
  if (outcome.dryRun) {
    const { count, userWide, byStatus, byAccessLevel, byLastUse, byUser, confirmToken, expiresIn } = outcome;
    return {
      dry_run: true,
      count,
      user_wide: userWide,
      by_status: byStatus,
      by_access_level: byAccessLevel,
      by_last_use: byLastUse,
      by_user: byUser.map(({ userId: user, email, count: keys }) => ({ user, email, count: keys })),
      confirm_token: confirmToken,
      expires_in: expiresIn,
    };
  }
  const { revoked, vanished, ended, remaining } = outcome;
  return {
    dry_run: false,
    revoked,
    vanished: vanished.map(({ id, prefix, status }) => ({ id, prefix, status })),
    ended: ended.map(({ type, id }) => ({ type, id })),
    remaining,
  };
}
