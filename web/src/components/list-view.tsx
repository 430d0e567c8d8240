import { Button, Group, Skeleton, Stack, Text } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ComponentProps, ReactNode } from 'react';
import { t } from '../strings/strings';
import { DataTable } from './data-table';
import { changed, isNarrowed, type ListSearch, PAGE_SIZE } from './list-search';
import { ProblemAlert } from './problem-alert';
import { EmptyState } from './states';

/** A page of any list of the API. */
export interface ApiPage<Row> {
  count: number;
  results: readonly Row[];
}

interface Props<Row, Search extends ListSearch> extends Omit<
  ComponentProps<typeof DataTable<Row>>,
  'rows' | 'ordering' | 'onOrder'
> {
  query: UseQueryResult<ApiPage<Row>>;
  search: Search;
  onSearch: (search: Search) => void;
  /** Shown when there are no rows and nothing narrows the list. */
  empty: ReactNode;
}

/** A list of the API on the server's pages: while it loads, when it fails, when it is empty, and its rows. */
export function ListView<Row, Search extends ListSearch>({
  query,
  search,
  onSearch,
  empty,
  ...table
}: Props<Row, Search>) {
  const { data, error, isPending, refetch } = query;
  if (isPending) return <RowsLoading />;
  if (error && !data) return <ProblemAlert error={error} onRetry={() => void refetch()} />;
  if (data.count === 0 && !isNarrowed(search)) return empty;
  if (data.count === 0) {
    const cleared = { ordering: search.ordering } as Search;
    return (
      <EmptyState
        title={t.common.nothingFound}
        action={
          <Button variant="light" onClick={() => onSearch(cleared)}>
            {t.common.clearFilters}
          </Button>
        }
      />
    );
  }
  return (
    <Stack gap="sm">
      <DataTable
        {...table}
        rows={data.results}
        ordering={search.ordering}
        onOrder={(ordering) => onSearch(changed(search, { ordering } as Partial<Search>))}
      />
      <Pager
        count={data.count}
        page={search.page ?? 1}
        onPage={(page) => onSearch({ ...search, page: page > 1 ? page : undefined })}
      />
    </Stack>
  );
}

function RowsLoading() {
  return (
    <Stack gap="xs" role="status" aria-label={t.common.loading}>
      {['a', 'b', 'c', 'd', 'e'].map((row) => (
        <Skeleton key={row} height={52} radius="md" />
      ))}
    </Stack>
  );
}

function Pager({ count, page, onPage }: { count: number; page: number; onPage: (page: number) => void }) {
  const last = Math.max(1, Math.ceil(count / PAGE_SIZE));
  if (last === 1) return null;
  const from = (page - 1) * PAGE_SIZE + 1;
  return (
    <Group justify="space-between">
      <Text size="sm" c="dimmed">
        {t.common.countOf(from, Math.min(count, from + PAGE_SIZE - 1), count)}
      </Text>
      <Group gap="xs">
        <Button variant="default" size="compact-md" disabled={page <= 1} onClick={() => onPage(page - 1)}>
          {t.common.previous}
        </Button>
        <Text size="sm">{t.common.pageOf(page, last)}</Text>
        <Button variant="default" size="compact-md" disabled={page >= last} onClick={() => onPage(page + 1)}>
          {t.common.next}
        </Button>
      </Group>
    </Group>
  );
}
