import { ApiProperty } from '@nestjs/swagger';
import { KEY_TYPES, type KeyType } from '../access/key-types.js';
import { ListQuery, OrderedBy } from '../common/list.js';
import { ChoiceFilter, DateFilter } from '../common/list-filters.js';
import type { CallDay } from './call-day.entity.js';

/** What the daily calls of one key take. */
@OrderedBy(['date'])
export class CallSummaryQuery extends ListQuery {
  @DateFilter({ description: 'The first day, itself included.' })
  date_from?: string;

  @DateFilter({ description: 'The last day, itself included.' })
  date_to?: string;
}

/** The requests that were sent with a key on one UTC day. Days without any are left out. */
export class CallSummaryAnswer {
  @ApiProperty({ format: 'date' }) date!: string;
  @ApiProperty({ type: 'integer', description: 'Requests sent, retries and checks included.' })
  calls!: number;
  @ApiProperty({ type: 'integer' }) succeeded!: number;
  @ApiProperty({
    type: 'integer',
    description: 'With `succeeded` at most `calls`: some have no outcome yet.',
  })
  failed!: number;
}

/** One day of one key. */
export function callSummaryAnswer({ day, calls, succeeded, failed }: CallDay): CallSummaryAnswer {
  return { date: day, calls, succeeded, failed };
}

/** The most days that one answer tells of. */
export const MOST_DAYS = 366;

/** What the daily calls of all keys of an organization take. */
@OrderedBy(['id', 'name', 'key_type', 'created_at', 'updated_at'], ['name'])
export class OrganizationCallsQuery extends ListQuery {
  @DateFilter({ description: 'The first day, itself included. Default: 29 days before the last.' })
  date_from?: string;

  @DateFilter({ description: `The last day, itself included: ${MOST_DAYS} days at most. Default: today.` })
  date_to?: string;

  @ChoiceFilter(KEY_TYPES)
  key_type?: KeyType;
}

/** A provider key, and how often it was used on each UTC day of a stretch. */
export class ProviderKeyCallsAnswer {
  @ApiProperty({ type: 'integer', description: 'Of the provider key.' }) id!: number;
  @ApiProperty({ enum: KEY_TYPES }) key_type!: KeyType;
  @ApiProperty() name!: string;
  @ApiProperty() enabled!: boolean;
  @ApiProperty({ type: 'integer', description: 'The sum of the days.' }) calls!: number;
  @ApiProperty({ type: 'integer' }) succeeded!: number;
  @ApiProperty({ type: 'integer' }) failed!: number;
  @ApiProperty({
    type: [CallSummaryAnswer],
    description: 'Newest first; days without calls are left out.',
  })
  days!: CallSummaryAnswer[];
}

/** A key, and its days. */
export interface ProviderKeyCalls {
  readonly key: { readonly id: number; keyType: KeyType; name: string; enabled: boolean };
  readonly days: readonly CallDay[];
}

/** A key with its days. */
export function providerKeyCallsAnswer({ key, days }: ProviderKeyCalls): ProviderKeyCallsAnswer {
  const sum = (of: (day: CallDay) => number): number => days.reduce((total, day) => total + of(day), 0);
  return {
    id: key.id,
    key_type: key.keyType,
    name: key.name,
    enabled: key.enabled,
    calls: sum(({ calls }) => calls),
    succeeded: sum(({ succeeded }) => succeeded),
    failed: sum(({ failed }) => failed),
    days: days.map(callSummaryAnswer),
  };
}
