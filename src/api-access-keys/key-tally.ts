import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { RecurringJob } from '../common/background/recurring-job.js';
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
 * Counts all keys by the tally that the database keeps, exactly; `undefined` where a scope, a filter or a search leaves some
 * of them out.
 */
export function countAllKeys(
  manager: EntityManager,
  { within }: KeyScope,
  query: object,
): (() => Promise<number>) | undefined {
  const narrows = ([name, value]: [string, unknown]): boolean =>
    value !== undefined && !PAGING.includes(name);
  if (within !== 'true' || Object.entries(query).some(narrows)) return undefined;
  return async () => {
    const [row] = await manager.query<{ keys: number }[]>(SUM);
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
