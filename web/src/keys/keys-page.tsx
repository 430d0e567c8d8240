import { Button, Stack, Text } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { useMe } from '../api/me';
import type { Column } from '../components/data-table';
import { FilterSelect } from '../components/filter-select';
import { Filters } from '../components/filters';
import { dateInWords } from '../components/formats';
import { KeyEnd } from '../components/key-end';
import { TextLink } from '../components/links';
import { changed } from '../components/list-search';
import { ListView } from '../components/list-view';
import { type IssuedKey, NewKey } from '../components/making-key';
import { More } from '../components/more';
import { Narrowed } from '../components/narrowed';
import { onDemand } from '../components/on-demand';
import { Page } from '../components/page';
import { SearchInput } from '../components/search-input';
import { EmptyState } from '../components/states';
import { tKeys } from '../strings/strings';
import { FirstCall } from './first-call';
import { GrantsToRedeem } from './grants-to-redeem';
import { KeyActions } from './key-actions';
import { KeyStatus, LastUse, OrganizationName } from './key-words';
import { OldKeyEnds } from './old-key-ends';
import { OwnRequests } from './own-requests';
import { isDead } from '../components/key-status';
import { type AccessKey, type KeySearch, keysQuery } from './queries';

// Loaded when they are first opened: the list itself is there sooner.
const DiagnoseDialog = onDemand(async () => (await import('./diagnose-dialog')).DiagnoseDialog);
const IssueDialog = onDemand(async () => (await import('./issue-dialog')).IssueDialog);
const LeakDialog = onDemand(async () => (await import('./leak-dialog')).LeakDialog);

const route = getRouteApi('/signed-in/keys');

const COLUMNS: readonly Column<AccessKey>[] = [
  { title: tKeys.name, orderBy: 'name', cell: (key) => <NameAndPrefix of={key} /> },
  { title: tKeys.status, cell: ({ status }) => <KeyStatus status={status} /> },
  { title: tKeys.level, cell: ({ access_level }) => tKeys.levels[access_level] },
  { title: tKeys.organization, cell: ({ organization }) => <OrganizationName id={organization} /> },
  {
    title: tKeys.expires,
    orderBy: 'expires_at',
    cell: (key) => <KeyEnd of={key} never={tKeys.neverExpires} />,
  },
  { title: tKeys.lastUse, orderBy: 'last_used_at', cell: (key) => <LastUse of={key} /> },
  { title: tKeys.actions, actions: true, cell: (key) => <KeyActions of={key} compact /> },
];

/** The user's own keys. A key that was just made is shown in its row, kept by this page alone, and gone with it. */
export function KeysPage() {
  const search: KeySearch = route.useSearch();
  const { organizations } = useMe();
  const navigate = route.useNavigate();
  const queryClient = useQueryClient();
  const query = useQuery(keysQuery(search));
  const [dialog, setDialog] = useState<'issue' | 'diagnose' | 'leak'>();
  const [fresh, setFresh] = useState<readonly IssuedKey[]>([]);
  const close = () => setDialog(undefined);
  const go = (next: KeySearch) => void navigate({ search: next, replace: true });
  const show = (issued: IssuedKey) => {
    setFresh((others) => [issued, ...others]);
    close();
    go({}); // where it stands first
    void queryClient.invalidateQueries({ queryKey: ['keys'] });
  };
  const asked = () => {
    close();
    void queryClient.invalidateQueries({ queryKey: ['keys'] });
  };
  const panelOf = (issued: IssuedKey) => (
    <Stack key={issued.id}>
      <NewKey issued={issued} onClose={() => setFresh((all) => all.filter(({ id }) => id !== issued.id))}>
        <FirstCall id={issued.id} />
      </NewKey>
      {issued.replaces !== null && <OldKeyEnds id={issued.replaces} />}
    </Stack>
  );
  const listed = new Set(query.data?.results.map(({ id }) => id));
  return (
    <Page
      title={tKeys.title}
      lead={tKeys.lead}
      actions={
        <>
          <More
            button={<Button variant="default">{tKeys.more}</Button>}
            items={[
              { label: tKeys.diagnose, onClick: () => setDialog('diagnose') },
              { label: tKeys.reportLeak, onClick: () => setDialog('leak') },
            ]}
          />
          <Button onClick={() => setDialog('issue')}>{tKeys.issue}</Button>
        </>
      }
    >
      <GrantsToRedeem onRedeemed={show} />
      <OwnRequests />
      {fresh.filter(({ id }) => !listed.has(id)).map(panelOf)}
      <Stack gap="sm">
        <KeyFilters search={search} onSearch={go} />
        <ListView
          label={tKeys.table}
          query={query}
          search={search}
          onSearch={go}
          columns={
            organizations.length > 1 ? COLUMNS : COLUMNS.filter(({ title }) => title !== tKeys.organization)
          }
          nameOf={({ name }) => name}
          keyOf={({ id }) => id}
          quiet={isDead}
          below={({ id }) => fresh.filter((issued) => issued.id === id).map(panelOf)}
          empty={<EmptyState title={tKeys.empty}>{tKeys.emptyHelp}</EmptyState>}
        />
      </Stack>
      {dialog === 'issue' && <IssueDialog onClose={close} onIssued={show} onAsked={asked} />}
      {dialog === 'diagnose' && <DiagnoseDialog onClose={close} />}
      {dialog === 'leak' && <LeakDialog onClose={close} />}
    </Page>
  );
}

function NameAndPrefix({ of: { id, name, prefix } }: { of: AccessKey }) {
  return (
    <Stack gap={0} maw={280}>
      <TextLink to="/keys/$id" params={{ id: String(id) }} fw={600} size="sm" className="one-line">
        {name}
      </TextLink>
      <Text size="xs" c="dimmed" ff="monospace">
        {prefix}
      </Text>
    </Stack>
  );
}

/** The date of an instant in the address, which may also be none: then it is told as it stands. */
function dateOf(text: string): string {
  const instant = new Date(text);
  return Number.isNaN(instant.getTime()) ? text : dateInWords(instant);
}

function KeyFilters({ search, onSearch }: { search: KeySearch; onSearch: (next: KeySearch) => void }) {
  const { organizations } = useMe();
  const set = (change: KeySearch) => onSearch(changed(search, change));
  return (
    <Filters>
      <SearchInput
        value={search.search}
        placeholder={tKeys.searchKeys}
        onSearch={(text) => set({ search: text })}
      />
      <FilterSelect
        label={tKeys.status}
        all={tKeys.allStatuses}
        options={tKeys.statuses}
        value={search.status}
        onChange={(status) => set({ status })}
      />
      <FilterSelect
        label={tKeys.level}
        all={tKeys.allLevels}
        options={tKeys.levels}
        value={search.access_level}
        onChange={(access_level) => set({ access_level })}
      />
      {organizations.length > 1 && (
        <FilterSelect
          label={tKeys.organization}
          all={tKeys.allOrganizations}
          options={Object.fromEntries(organizations.map(({ id, name }) => [id, name]))}
          value={search.organization}
          onChange={(organization) => set({ organization })}
        />
      )}
      {search.never_used && (
        <Narrowed onClear={() => set({ never_used: '' })}>{tKeys.onlyNeverUsed}</Narrowed>
      )}
      {search.expires_before && (
        <Narrowed onClear={() => set({ expires_before: '' })}>
          {tKeys.onlyExpiringBefore(dateOf(search.expires_before))}
        </Narrowed>
      )}
      {search.last_used_before && (
        <Narrowed onClear={() => set({ last_used_before: '' })}>
          {tKeys.onlyUnusedSince(dateOf(search.last_used_before))}
        </Narrowed>
      )}
    </Filters>
  );
}
