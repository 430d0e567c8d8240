import { type ListSearch, PAGE_SIZE } from './list-search';
import type { ApiPage } from './list-view';

/** The order of keys that are many: those that were made last come first. */
export const NEWEST_FIRST = '-id';

/** What the address of a list says, as the API takes it. The service judges the values. */
export function queryOf(search: ListSearch): never {
  const { page = 1, ...filters } = search;
  return { ...filters, page: String(page), page_size: PAGE_SIZE } as never;
}

/** The page of a list that could be asked for as an export as well. */
export function pageOf<Row>(answer: string | ApiPage<Row>): ApiPage<Row> {
  if (typeof answer === 'string') throw new Error('An export came where a page was asked for.');
  return answer;
}
