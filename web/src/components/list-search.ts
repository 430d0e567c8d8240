/** Rows on one page of a list. */
export const PAGE_SIZE = 25;

/** What a list shows, as the address of its page holds it, so that a link or the back button leads to the same rows. */
export type ListSearch<Filter extends string = never> = {
  page?: number;
  search?: string;
  ordering?: string;
} & Partial<Record<Filter, string>>;

/** Reads an address: the list's own parameters and the named filters; whatever else is in it is dropped. */
export function listSearch<Filter extends string = never>(...filters: readonly Filter[]) {
  return (raw: Record<string, unknown>): ListSearch<Filter> => {
    const page = Number(raw['page']);
    const texts = ['search', 'ordering', ...filters].flatMap((name) => {
      const value = raw[name];
      return value === undefined || value === null || value === '' ? [] : [[name, String(value)]];
    });
    const read = { ...Object.fromEntries(texts), ...(Number.isInteger(page) && page > 1 && { page }) };
    return read as ListSearch<Filter>;
  };
}

/** An address with something changed: what is empty goes away, and another filter begins at the first page. */
export function changed<Search extends ListSearch>(search: Search, change: Partial<Search>): Search {
  const next = { ...search, page: undefined, ...change };
  return Object.fromEntries(
    Object.entries(next).filter(([, value]) => value !== undefined && value !== ''),
  ) as unknown as Search;
}

/** Whether an address narrows the list. */
export function isNarrowed(search: ListSearch): boolean {
  return Object.keys(search).some((name) => name !== 'page' && name !== 'ordering');
}
