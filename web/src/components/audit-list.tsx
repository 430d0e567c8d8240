import { Code, Stack, Text } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { components } from '../api/schema';
import { t, tAudit } from '../strings/strings';
import type { Column } from './data-table';
import { DateRange } from './date-range';
import { FilterSelect } from './filter-select';
import { Filters } from './filters';
import { changed, type ListSearch } from './list-search';
import { type ApiPage, ListView } from './list-view';
import { type Directory, PersonSelect } from './person-select';
import { RowButton } from './row-button';
import { SearchInput } from './search-input';
import { EmptyState } from './states';
import { Time } from './time';

export type AuditEvent = components['schemas']['AuditEventAnswer'];
export type AuditSearch = ListSearch<'action' | 'actor' | 'user' | 'since' | 'until' | 'organization'>;

interface Props {
  query: UseQueryResult<ApiPage<AuditEvent>>;
  search: AuditSearch;
  onSearch: (search: AuditSearch) => void;
  /** How a user is called. */
  person: (id: number) => ReactNode;
  /** Who may have done something. */
  people: Directory;
  /** More that narrows the list. */
  narrower?: ReactNode;
}

/** What an event means, in a sentence without its subject: `revoked the access key Nightly`. */
export function sentenceOf({ action, details }: Pick<AuditEvent, 'action' | 'details'>): string {
  const told = tAudit.sentences[action];
  const text = (name: string): string => {
    const value = details[name];
    return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  };
  return told ? told(text) : action;
}

/** The audit log: who did what, in a sentence each, with everything that was recorded on demand. */
export function AuditList({ query, search, onSearch, person, people, narrower }: Props) {
  const [open, setOpen] = useState<number>();
  const set = (change: AuditSearch) => onSearch(changed(search, change));
  const columns: readonly Column<AuditEvent>[] = [
    { title: tAudit.when, orderBy: 'at', cell: ({ at }) => <Time value={at} /> },
    {
      title: tAudit.what,
      cell: (event) => (
        <Stack gap={0} maw={640}>
          <Text size="sm" className="wraps">
            <Text span fw={600} size="sm">
              {event.actor === null ? tAudit.nobody(event.credential === 'cli') : person(event.actor)}
            </Text>{' '}
            {sentenceOf(event)}
            {event.user !== null && event.user !== event.actor && (
              <>
                {' '}
                {tAudit.concerning} {person(event.user)}
              </>
            )}
          </Text>
          <Text size="xs" c="dimmed" ff="monospace">
            {event.action}
          </Text>
        </Stack>
      ),
    },
    {
      title: tAudit.from,
      cell: ({ ip, credential }) => (
        <Stack gap={0}>
          <Text size="sm">{ip ?? t.common.none}</Text>
          <Text size="xs" c="dimmed">
            {credential ?? tAudit.noCredential}
          </Text>
        </Stack>
      ),
    },
    {
      title: tAudit.details,
      actions: true,
      cell: ({ id }) => (
        <RowButton aria-expanded={open === id} onClick={() => setOpen(open === id ? undefined : id)}>
          {open === id ? tAudit.hide : tAudit.show}
        </RowButton>
      ),
    },
  ];
  return (
    <Stack gap="sm">
      <Filters>
        <SearchInput value={search.search} onSearch={(text) => set({ search: text })} />
        <FilterSelect
          label={tAudit.action}
          all={tAudit.allActions}
          options={Object.fromEntries(Object.keys(tAudit.sentences).map((action) => [action, action]))}
          value={search.action}
          onChange={(action) => set({ action })}
        />
        <PersonSelect
          directory={people}
          label={tAudit.actor}
          all={tAudit.allActors}
          value={search.actor ?? ''}
          onChange={(actor) => set({ actor })}
        />
        <DateRange since={search.since} until={search.until} onChange={set} />
        {narrower}
      </Filters>
      <ListView
        label={tAudit.title}
        query={query}
        search={search}
        onSearch={onSearch}
        columns={columns}
        nameOf={({ id, action }) => `${action} ${id}`}
        keyOf={({ id }) => id}
        below={(event) =>
          event.id === open && (
            <Code block>{JSON.stringify({ ...event, details: event.details }, null, 2)}</Code>
          )
        }
        empty={<EmptyState title={tAudit.empty} />}
      />
    </Stack>
  );
}
