import { Button, Group, Menu, Select, Stack, Text } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { useMe } from '../api/me';
import type { Column } from '../components/data-table';
import { TextLink } from '../components/links';
import { changed } from '../components/list-search';
import { ListView } from '../components/list-view';
import { Page } from '../components/page';
import { SearchInput } from '../components/search-input';
import { EmptyState } from '../components/states';
import { Time } from '../components/time';
import { t } from '../strings/strings';
import { GrantsToRedeem } from './grants-to-redeem';
import { KeyActions } from './key-actions';
import { KeyStatus, LastUse, OrganizationName } from './key-words';
import { OwnRequests } from './own-requests';
import { type AccessKey, isDead, type IssuedKey, type KeySearch, keysQuery } from './queries';

// Loaded when they are first opened: the list itself is there sooner.
const DiagnoseDialog = lazy(async () => ({ default: (await import('./diagnose-dialog')).DiagnoseDialog }));
const IssueDialog = lazy(async () => ({ default: (await import('./issue-dialog')).IssueDialog }));
const LeakDialog = lazy(async () => ({ default: (await import('./leak-dialog')).LeakDialog }));
const OldKeyEnds = lazy(async () => ({ default: (await import('./old-key-ends')).OldKeyEnds }));
const FirstCall = lazy(async () => ({ default: (await import('./first-call')).FirstCall }));
const NewKey = lazy(async () => ({ default: (await import('../components/new-key')).NewKey }));

const route = getRouteApi('/signed-in/keys');

const COLUMNS: readonly Column<AccessKey>[] = [
  { title: t.keys.name, orderBy: 'name', cell: (key) => <NameAndPrefix of={key} /> },
  { title: t.keys.status, cell: ({ status }) => <KeyStatus status={status} /> },
  { title: t.keys.level, cell: ({ access_level }) => t.keys.levels[access_level] },
  { title: t.keys.organization, cell: ({ organization }) => <OrganizationName id={organization} /> },
  {
    title: t.keys.expires,
    orderBy: 'expires_at',
    cell: ({ expires_at }) => <Time value={expires_at} empty={t.keys.neverExpires} />,
  },
  { title: t.keys.lastUse, orderBy: 'last_used_at', cell: (key) => <LastUse of={key} /> },
  { title: t.keys.actions, actions: true, cell: (key) => <KeyActions of={key} compact /> },
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
    <Suspense key={issued.id}>
      <Stack>
        <NewKey issued={issued} onClose={() => setFresh((all) => all.filter(({ id }) => id !== issued.id))}>
          <FirstCall id={issued.id} />
        </NewKey>
        {issued.replaces !== null && <OldKeyEnds id={issued.replaces} />}
      </Stack>
    </Suspense>
  );
  const listed = new Set(query.data?.results.map(({ id }) => id));
  return (
    <Page
      title={t.keys.title}
      lead={t.keys.lead}
      actions={
        <>
          <Menu position="bottom-end">
            <Menu.Target>
              <Button variant="default">{t.keys.more}</Button>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item onClick={() => setDialog('diagnose')}>{t.keys.diagnose}</Menu.Item>
              <Menu.Item onClick={() => setDialog('leak')}>{t.keys.reportLeak}</Menu.Item>
            </Menu.Dropdown>
          </Menu>
          <Button onClick={() => setDialog('issue')}>{t.keys.issue}</Button>
        </>
      }
    >
      <GrantsToRedeem onRedeemed={show} />
      <OwnRequests />
      {fresh.filter(({ id }) => !listed.has(id)).map(panelOf)}
      <Stack gap="sm">
        <Filters search={search} onSearch={go} />
        <ListView
          label={t.keys.table}
          query={query}
          search={search}
          onSearch={go}
          columns={
            organizations.length > 1 ? COLUMNS : COLUMNS.filter(({ title }) => title !== t.keys.organization)
          }
          nameOf={({ name }) => name}
          keyOf={({ id }) => id}
          quiet={isDead}
          below={({ id }) => fresh.filter((issued) => issued.id === id).map(panelOf)}
          empty={<EmptyState title={t.keys.empty}>{t.keys.emptyHelp}</EmptyState>}
        />
      </Stack>
      <Suspense>
        {dialog === 'issue' && <IssueDialog onClose={close} onIssued={show} onAsked={asked} />}
        {dialog === 'diagnose' && <DiagnoseDialog onClose={close} />}
        {dialog === 'leak' && <LeakDialog onClose={close} />}
      </Suspense>
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

function Filters({ search, onSearch }: { search: KeySearch; onSearch: (next: KeySearch) => void }) {
  const { organizations } = useMe();
  const set = (change: KeySearch) => onSearch(changed(search, change));
  return (
    <Group gap="sm">
      <SearchInput
        value={search.search}
        placeholder={t.keys.searchKeys}
        onSearch={(text) => set({ search: text })}
      />
      <Select
        aria-label={t.keys.status}
        placeholder={t.keys.allStatuses}
        clearable
        w={160}
        data={Object.entries(t.keys.statuses).map(([value, label]) => ({ value, label }))}
        value={search.status ?? null}
        onChange={(status) => set({ status: status ?? '' })}
      />
      <Select
        aria-label={t.keys.level}
        placeholder={t.keys.allLevels}
        clearable
        w={150}
        data={Object.entries(t.keys.levels).map(([value, label]) => ({ value, label }))}
        value={search.access_level ?? null}
        onChange={(access_level) => set({ access_level: access_level ?? '' })}
      />
      {organizations.length > 1 && (
        <Select
          aria-label={t.keys.organization}
          placeholder={t.keys.allOrganizations}
          clearable
          w={190}
          data={organizations.map(({ id, name }) => ({ value: String(id), label: name }))}
          value={search.organization ?? null}
          onChange={(organization) => set({ organization: organization ?? '' })}
        />
      )}
    </Group>
  );
}
