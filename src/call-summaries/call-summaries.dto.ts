import { ApiProperty } from '@nestjs/swagger';
import { DateFilter, ListQuery, OrderedBy } from '../common/list.js';
import type { CallDay } from './call-day.entity.js';

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

export function callSummaryAnswer({ day, calls, succeeded, failed }: CallDay): CallSummaryAnswer {
  return { date: day, calls, succeeded, failed };
}
