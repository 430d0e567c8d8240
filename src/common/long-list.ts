import type { ObjectLiteral, SelectQueryBuilder } from 'typeorm';
import { InvalidPage } from './errors.js';
import { LARGEST_ID } from './ids.js';
import { type ListColumns, orderOf, type Orders, reversed } from './list-order.js';
import { type ListQuery, Page, pageOf } from './list.js';

/** No list has more rows than there are ids. */
const MOST_ROWS = LARGEST_ID;

interface Sources<Row> {
  /** The rows with these ids, in any order. */
  readonly read: (ids: number[]) => Promise<Row[]>;
  /** How many rows there are, where that is known sooner than by going through them. */
  readonly total?: (() => Promise<number>) | undefined;
}

/**
 * Runs a list that may be a million rows long (docs/adr/0050): the ids of the page come from an index where there is one,
 * and of the rest of the rows only those of the page are read. Without a `total` the page and the count come from one pass
 * over the rows; with one, a page is counted off from the nearer end. `matching`: the rows that filters and search leave.
 * Errors: InvalidPage for a page that isn't there.
 */
export async function longListPage<T extends ObjectLiteral, Row extends { readonly id: number | string }>(
  matching: SelectQueryBuilder<T>,
  query: ListQuery,
  columns: ListColumns,
  { read, total }: Sources<Row>,
): Promise<Page<Row>> {
  const orders = orderOf(query.ordering, columns);
  const found = total
    ? await findNearerEnd(matching, query, columns.tieBreaker, orders, await total())
    : await findInOnePass(matching, query, columns.tieBreaker, orders);
  const rows = new Map((await read(found.ids)).map((row) => [Number(row.id), row]));
  const results = found.ids.flatMap((id) => rows.get(id) ?? []); // a row may have gone meanwhile
  return new Page(found.count, found.number, found.size, results);
}

/** How many rows match: nothing that a list joins has more than one row for one of its own, so none need be told apart. */
export async function countRows<T extends ObjectLiteral>(matching: SelectQueryBuilder<T>): Promise<number> {
  const row = await matching.clone().select('count(*)::integer', 'count').getRawOne<{ count: number }>();
  return row?.count ?? 0;
}

interface Found {
  readonly count: number;
  readonly number: number;
  readonly size: number;
  readonly ids: number[];
}

async function findNearerEnd<T extends ObjectLiteral>(
  matching: SelectQueryBuilder<T>,
  query: ListQuery,
  id: string,
  orders: Orders,
  count: number,
): Promise<Found> {
  const { number, size, offset } = pageOf(query, count);
  const limit = Math.max(0, Math.min(size, count - offset));
  if (limit === 0) return { count, number, size, ids: [] };
  const fromEnd = offset > count / 2;
  const rows = await matching
    .clone()
    .select(id, 'id')
    .orderBy(fromEnd ? reversed(orders) : orders)
    .offset(fromEnd ? count - offset - limit : offset)
    .limit(limit)
    .getRawMany<{ id: number | string }>();
  const ids = rows.map((row) => Number(row.id));
  return { count, number, size, ids: fromEnd ? ids.reverse() : ids };
}

async function findInOnePass<T extends ObjectLiteral>(
  matching: SelectQueryBuilder<T>,
  query: ListQuery,
  id: string,
  orders: Orders,
): Promise<Found> {
  const counted = (): Promise<number> => countRows(matching);
  if (query.page === 'last') return findNearerEnd(matching, query, id, orders, await counted());
  const { number, size, offset } = pageOf(query, MOST_ROWS);
  const rows = await matching
    .clone()
    .select(id, 'id')
    .addSelect('count(*) OVER ()::integer', 'total')
    .orderBy(orders)
    .offset(offset)
    .limit(size)
    .getRawMany<{ id: number | string; total: number }>();
  const [first] = rows;
  if (first) return { count: first.total, number, size, ids: rows.map((row) => Number(row.id)) };
  if (offset > 0 && !query.slice) throw new InvalidPage();
  return { count: offset > 0 ? await counted() : 0, number, size, ids: [] };
}
