import { Button, Group, Stack, Text } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import { useState } from 'react';
import { tRequests, tReview } from '../strings/strings';
import type { Column } from './data-table';
import { DotBadge } from './dot-badge';
import { FilterSelect } from './filter-select';
import { Filters } from './filters';
import { changed, type ListSearch } from './list-search';
import { type ApiPage, ListView } from './list-view';
import { onDemand } from './on-demand';
import type { Decisions, KeyRequest } from './request-decisions';
import { RowButton } from './row-button';
import { EmptyState } from './states';
import { Time } from './time';

const ApproveDialog = onDemand(async () => (await import('./request-decisions')).ApproveDialog);
const DeclineDialog = onDemand(async () => (await import('./request-decisions')).DeclineDialog);

const words = tRequests;

interface Props<Search extends ListSearch<'status'>> {
  query: UseQueryResult<ApiPage<KeyRequest>>;
  search: Search;
  onSearch: (search: Search) => void;
  /** Who asked, and, where it isn't clear, in which organization. */
  who: readonly Column<KeyRequest>[];
  decisions: Decisions;
  /** The user who decides: nobody decides about what they asked for themselves. */
  userId: number;
}

/** What members asked for, and the deciding of it. */
export function RequestList<Search extends ListSearch<'status'>>({
  query,
  search,
  onSearch,
  who,
  decisions,
  userId,
}: Props<Search>) {
  const [deciding, setDeciding] = useState<{ dialog: typeof ApproveDialog; request: KeyRequest }>();
  const columns: readonly Column<KeyRequest>[] = [
    {
      title: words.key,
      orderBy: 'name',
      cell: ({ name, reason }) => (
        <Stack gap={0} maw={340}>
          <Text size="sm" fw={600} className="one-line">
            {name}
          </Text>
          <Text size="xs" c="dimmed">
            {reason}
          </Text>
        </Stack>
      ),
    },
    ...who,
    { title: words.level, cell: ({ access_level }) => tReview.levels[access_level] },
    { title: words.expires, orderBy: 'expires_at', cell: ({ expires_at }) => <Time value={expires_at} /> },
    { title: words.asked, orderBy: 'created_at', cell: ({ created_at }) => <Time value={created_at} /> },
    {
      title: words.status,
      cell: ({ status }) => (
        <DotBadge color={status === 'open' ? 'yellow' : 'gray'}>{words.statuses[status]}</DotBadge>
      ),
    },
    {
      title: words.actions,
      actions: true,
      cell: (request) => {
        if (request.status !== 'open') return null;
        if (request.user === userId) return <Text size="sm">{words.own}</Text>;
        return (
          <Group gap={6} justify="flex-end" wrap="nowrap">
            <Button size="compact-sm" onClick={() => setDeciding({ dialog: ApproveDialog, request })}>
              {words.approve}
            </Button>
            <RowButton onClick={() => setDeciding({ dialog: DeclineDialog, request })}>
              {words.decline}
            </RowButton>
          </Group>
        );
      },
    },
  ];
  return (
    <Stack gap="sm">
      <Filters>
        <FilterSelect
          label={words.status}
          all={words.allStatuses}
          options={words.statuses}
          value={search.status}
          onChange={(status) => onSearch(changed(search, { status } as Partial<Search>))}
        />
      </Filters>
      <ListView
        label={words.title}
        query={query}
        search={search}
        onSearch={onSearch}
        columns={columns}
        nameOf={({ name }) => name}
        keyOf={({ id }) => id}
        quiet={({ status }) => status !== 'open'}
        empty={<EmptyState title={words.empty}>{words.emptyHelp}</EmptyState>}
      />
      {deciding && (
        <deciding.dialog
          request={deciding.request}
          decisions={decisions}
          onClose={() => setDeciding(undefined)}
        />
      )}
    </Stack>
  );
}
