import type { ListSearch } from './list-search';

/** The address of a list's export: everything that the filters leave, whatever the page. */
export function downloadOf(path: string, format: string, search: ListSearch): string {
  const { page: _page, ordering: _ordering, ...filters } = search;
  const given = Object.entries(filters).filter((entry) => Boolean(entry[1]));
  return `${path}?${new URLSearchParams([['format', format], ...given]).toString()}`;
}
