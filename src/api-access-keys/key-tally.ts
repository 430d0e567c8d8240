import { Injectable } from '@nestjs/common';
import { DataSource, type SelectQueryBuilder } from 'typeorm';
import { RecurringJob } from '../common/background/recurring-job.js';
import { countRows } from '../common/long-list.js';
import type { ApiAccessKey } from './access-key.entity.js';
import type { KeyScope } from './key-scope.js';

const SUM = 'SELECT coalesce(sum(keys), 0)::integer AS keys FROM access_key_tally';

/** In one statement, so that every snapshot sees the rows of before or their sum. Whoever comes second finds nothing to do. */
const FOLD = `
  WITH folded AS (DELETE FROM access_key_tally RETURNING keys),
  made AS (INSERT INTO access_key_tally (keys) SELECT sum(keys) FROM folded HAVING count(*) > 0)
  SELECT count(*)::integer AS of FROM folded`;

/** What a query says of the page, and not of the keys. */
const PAGING: readonly string[] = ['page', 'page_size', 'ordering', 'slice', 'format'];

/**
 * How a list of keys is counted: all keys by the tally that the database keeps, exactly; what filters and search leave of
 * them one by one. `undefined`: the keys within an organization's reach are found and counted in one pass.
 */
export function counterOf(
  matching: SelectQueryBuilder<ApiAccessKey>,
  { within, reach }: KeyScope,
  query: object,
): (() => Promise<number>) | undefined {
  if (reach !== undefined) return undefined;
  const narrows = ([name, value]: [string, unknown]): boolean =>
    value !== undefined && !PAGING.includes(name);
  if (within !== 'true' || Object.entries(query).some(narrows)) return () => countRows(matching);
  return async () => {
    const [row] = await matching.connection.query<{ keys: number }[]>(SUM);
    return row?.keys ?? 0;
  };
}

/** Keeps the tally of keys short: it grows by a row with every statement that adds some. */
@Injectable()
export class KeyTallyFolding extends RecurringJob {
  protected readonly everyMs = 10 * 60_000;

  constructor(private readonly dataSource: DataSource) {
    super();
  }

  /** Makes one row of the tally; gives how many rows that was made of. */
  async run(): Promise<number> {
    const [made] = await this.dataSource.query<{ of: number }[]>(FOLD);
    return made?.of ?? 0;
  }
}
