import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { InvalidInput } from '../../common/errors.js';
import type { Lookup } from '../../common/field-rules.js';
import { parseInstant } from '../../common/instants.js';
import { nowOf } from '../../database/now.js';

/** What is told of an instant that had to be in the future. */
export const NOT_IN_FUTURE = 'This must be in the future.';

/**
 * Whether what a body says of a time is possible at all, by the database's clock: judged before the state of the key that
 * it is about (contract §1, order). Errors: InvalidInput for `field`.
 */
export async function mustBeInFuture(
  manager: EntityManager,
  field: string,
  instant: Date | null | undefined,
): Promise<void> {
  if (instant && instant <= (await nowOf(manager))) throw InvalidInput.field(field, NOT_IN_FUTURE);
}

/** An instant lies in the future, by the database's clock. */
@Injectable()
export class FutureInstant implements Lookup<string> {
  constructor(private readonly dataSource: DataSource) {}

  async problem(text: string): Promise<string | undefined> {
    const instant = parseInstant(text);
    return instant && instant <= (await nowOf(this.dataSource.manager)) ? NOT_IN_FUTURE : undefined;
  }
}
