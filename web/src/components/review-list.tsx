import { Alert, Stack } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { tReview } from '../strings/strings';
import type { Column } from './data-table';
import { FilterSelect } from './filter-select';
import { Filters } from './filters';
import { KeyEnd } from './key-end';
import { changed, type ListSearch } from './list-search';
import { type ApiPage, ListView } from './list-view';
import type { ProposedPolicy } from './policy/governing';
import { isDead } from './key-status';
import { Breaches, KeyName, type ReviewedKey, ReviewedStatus } from './review-words';
import { SearchInput } from './search-input';
import { Time } from './time';

const words = tReview;

interface Props<Search extends ListSearch<'status' | 'breach'>> {
  /** What the table is called. */
  label: string;
  query: UseQueryResult<ApiPage<ReviewedKey>>;
  search: Search;
  onSearch: (search: Search) => void;
  /** Whose the keys are, and, where it isn't clear, in which organization. */
  who: readonly Column<ReviewedKey>[];
  /** What can be done with a key that lives; none: who looks at them may do nothing. */
  actions: ((key: ReviewedKey) => ReactNode) | undefined;
  empty: ReactNode;
  /** More that narrows the list. */
  narrower?: ReactNode;
}

/** Access keys of others, each with what the review found. */
export function ReviewList<Search extends ListSearch<'status' | 'breach'>>({
  search,
  onSearch,
  who,
  actions,
  narrower,
  ...list
}: Props<Search>) {
  const set = (change: ListSearch<'status' | 'breach'>) =>
    onSearch(changed(search, change as Partial<Search>));
  const columns: readonly Column<ReviewedKey>[] = [
    { title: words.name, orderBy: 'name', cell: KeyName },
    ...who,
    { title: words.status, cell: ReviewedStatus },
    {
      title: words.expires,
      orderBy: 'expires_at',
      cell: (key) => <KeyEnd of={key} never={words.noExpiry} />,
    },
    {
      title: words.lastUse,
      orderBy: 'last_used_at',
      cell: ({ last_used_at }) => <Time value={last_used_at} />,
    },
    { title: words.review, cell: Breaches },
    ...(actions
      ? [
          {
            title: words.actions,
            actions: true,
            cell: (key: ReviewedKey) => !isDead(key) && actions(key),
          },
        ]
      : []),
  ];
  const proposed = search as ListSearch<keyof ProposedPolicy>;
  return (
    <Stack gap="sm">
      {proposed.longest_key_lifetime_days && (
        <Alert color="gray">
          {words.proposed(proposed.longest_key_lifetime_days, proposed.longest_unused_days ?? '0')}
        </Alert>
      )}
      <Filters>
        <SearchInput
          value={search.search}
          placeholder={words.searchKeys}
          onSearch={(text) => set({ search: text })}
        />
        <FilterSelect
          label={words.review}
          all={words.allBreaches}
          options={words.breaches}
          value={search.breach}
          onChange={(breach) => set({ breach })}
        />
        <FilterSelect
          label={words.status}
          all={words.allStatuses}
          options={words.statuses}
          value={search.status}
          onChange={(status) => set({ status })}
        />
        {narrower}
      </Filters>
      <ListView
        {...list}
        search={search}
        onSearch={onSearch}
        columns={columns}
        nameOf={({ name }) => name}
        keyOf={({ id }) => id}
        quiet={isDead}
      />
    </Stack>
  );
}
