import type { ListSearch } from './list-search';

/** The address of a list's export: everything that the filters leave, whatever the page. */
export function downloadOf(path: string, format: string, search: ListSearch): string {
  const given = Object.entries(search).filter(
    ([name, value]) => name !== 'page' && name !== 'ordering' && Boolean(value),
  ) as [string, string][];
  return `${path}?${new URLSearchParams([['format', format], ...given]).toString()}`;
}
