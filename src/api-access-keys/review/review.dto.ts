import { ApiProperty } from '@nestjs/swagger';
import { ACCESS_LEVELS, type AccessLevel } from '../../access/access-level.js';
import { ListQuery, OrderedBy } from '../../common/list.js';
import { ChoiceFilter, IdFilter, NumberFilter } from '../../common/list-filters.js';
import { LONGEST_LIFETIME_DAYS } from '../../organizations/organizations.dto.js';
import { type Breach, BREACHES } from './breaches.js';
import { KEY_STATUSES, type KeyStatus } from '../key-status.js';

/** Wire name of the field that a review can be ordered by → property. */
export const REVIEW_ORDERINGS = {
  id: 'k.id',
  name: 'k.name',
  created_at: 'k.createdAt',
  expires_at: 'k.expiresAt',
  last_used_at: 'k.lastUsedAt',
};

/** What the review of an organization's keys takes. */
@OrderedBy(Object.keys(REVIEW_ORDERINGS), ['name', 'prefix', "the user's e-mail"])
export class KeyReviewQuery extends ListQuery {
  @IdFilter() user?: number;
  @ChoiceFilter(KEY_STATUSES) status?: KeyStatus;
  @ChoiceFilter(BREACHES, { description: 'Live keys with this breach.' }) breach?: Breach;
  @NumberFilter({
    min: 1,
    max: LONGEST_LIFETIME_DAYS,
    description: 'Judges every key as if the policy had this longest lifetime: who would be blocked by it?',
  })
  longest_key_lifetime_days?: number;
  @NumberFilter({
    min: 0,
    max: LONGEST_LIFETIME_DAYS,
    description: 'The same of the longest time without use; 0: however long.',
  })
  longest_unused_days?: number;
  @ChoiceFilter(['json', 'csv'], {
    description:
      '`csv`: everything that the filters and the search leave, by ascending id; paging and ordering do not apply.',
  })
  format?: 'json' | 'csv';
}

/** The same over all organizations. */
export class KeyReviewAdminQuery extends KeyReviewQuery {
  @IdFilter({ description: 'Keys that are confined to it.' }) organization?: number;
}

class ReviewedUser {
  @ApiProperty({ type: 'integer' }) id!: number;
  @ApiProperty({ format: 'email' }) email!: string;
}

/** A key as an auditor asks for it. */
export class ReviewedKeyAnswer {
  @ApiProperty({ type: 'integer' }) id!: number;
  @ApiProperty() name!: string;
  @ApiProperty({ description: 'The public first half.' }) prefix!: string;
  @ApiProperty({ description: 'The user it acts as.' }) user!: ReviewedUser;
  @ApiProperty({ type: 'integer', nullable: true, description: 'null: user-wide.' })
  organization!: number | null;
  @ApiProperty({ enum: ACCESS_LEVELS }) access_level!: AccessLevel;
  @ApiProperty({ enum: KEY_STATUSES }) status!: KeyStatus;
  @ApiProperty({ type: ReviewedUser, nullable: true, description: 'null: the operator at the command line.' })
  created_by!: ReviewedUser | null;
  @ApiProperty({ description: 'The credential that issued it.', example: 'session:5' }) issued_via!: string;
  @ApiProperty({ type: String, format: 'date-time' }) created_at!: Date;
  @ApiProperty({ type: 'integer', description: 'Whole days since it was issued.' }) age_days!: number;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) expires_at!: Date | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'Accurate to a minute.' })
  last_used_at!: Date | null;
  @ApiProperty({
    enum: BREACHES,
    isArray: true,
    description: '`against_policy`: blocked while `enforce_on_use` is true, and would be once it is.',
  })
  breaches!: Breach[];
}

/** The columns of the statement that reviews. */
export interface ReviewedKey {
  readonly id: number;
  readonly name: string;
  readonly prefix: string;
  readonly user_id: number;
  readonly user_email: string;
  readonly organization: number | null;
  readonly access_level: AccessLevel;
  readonly status: KeyStatus;
  readonly created_by_id: number | null;
  readonly created_by_email: string | null;
  readonly issued_via: string;
  readonly created_at: Date;
  readonly age_days: number;
  readonly expires_at: Date | null;
  readonly last_used_at: Date | null;
  readonly breaches: Breach[];
}

/** A key as an auditor asks for it. */
export function reviewedKeyAnswer(row: ReviewedKey): ReviewedKeyAnswer {
  const { created_by_id: creator, created_by_email: email } = row;
  return {
    id: row.id,
    name: row.name,
    prefix: row.prefix,
    user: { id: row.user_id, email: row.user_email },
    organization: row.organization,
    access_level: row.access_level,
    status: row.status,
    created_by: creator === null || email === null ? null : { id: creator, email },
    issued_via: row.issued_via,
    created_at: row.created_at,
    age_days: row.age_days,
    expires_at: row.expires_at,
    last_used_at: row.last_used_at,
    breaches: row.breaches,
  };
}
