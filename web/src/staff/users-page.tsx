import { Button, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { DotBadge } from '../components/dot-badge';
import { FilterSelect } from '../components/filter-select';
import { Filters } from '../components/filters';
import { changed } from '../components/list-search';
import { ListView } from '../components/list-view';
import { MoreOfRow } from '../components/more';
import { onDemand } from '../components/on-demand';
import { Page } from '../components/page';
import { SearchInput } from '../components/search-input';
import { EmptyState } from '../components/states';
import { Time } from '../components/time';
import { tStaff } from '../strings/strings';
import { type User, type UserSearch, usersQuery } from './queries';

const CreateDialog = onDemand(async () => (await import('./user-dialogs')).CreateDialog);
const LinkDialog = onDemand(async () => (await import('./user-dialogs')).LinkDialog);
const ToggleDialog = onDemand(async () => (await import('./user-dialogs')).ToggleDialog);

const route = getRouteApi('/signed-in/staff/users');
const words = tStaff.users;

type Dialog = { kind: 'create' } | { kind: 'toggle' | 'link'; user: User };

/** Every account. */
export function UsersPage() {
  const search: UserSearch = route.useSearch();
  const navigate = route.useNavigate();
  const query = useQuery(usersQuery(search));
  const [dialog, setDialog] = useState<Dialog>();
  const go = (next: UserSearch) => void navigate({ search: next, replace: true });
  const close = () => setDialog(undefined);
  return (
    <Page
      title={words.title}
      lead={words.lead}
      actions={<Button onClick={() => setDialog({ kind: 'create' })}>{words.create}</Button>}
    >
      <Stack gap="sm">
        <Filters>
          <SearchInput
            value={search.search}
            placeholder={words.searchUsers}
            onSearch={(text) => go(changed(search, { search: text }))}
          />
          <FilterSelect
            label={words.state}
            all={words.allStates}
            options={{ true: words.active, false: words.inactive }}
            value={search.is_active}
            onChange={(is_active) => go(changed(search, { is_active }))}
          />
          <FilterSelect
            label={words.kind}
            all={words.allKinds}
            options={{ true: words.staff, false: words.customer }}
            value={search.is_staff}
            onChange={(is_staff) => go(changed(search, { is_staff }))}
          />
        </Filters>
        <ListView
          label={words.title}
          query={query}
          search={search}
          onSearch={go}
          columns={[
            {
              title: words.email,
              orderBy: 'email',
              cell: ({ email, name }) => (
                <Stack gap={0} maw={320}>
                  <Text size="sm" fw={600} className="one-line">
                    {email}
                  </Text>
                  <Text size="xs" c="dimmed" className="one-line">
                    {name}
                  </Text>
                </Stack>
              ),
            },
            { title: words.kind, cell: ({ is_staff }) => (is_staff ? words.staff : words.customer) },
            {
              title: words.state,
              cell: ({ is_active }) => (
                <DotBadge color={is_active ? 'teal' : 'red'}>
                  {is_active ? words.active : words.inactive}
                </DotBadge>
              ),
            },
            {
              title: words.since,
              orderBy: 'created_at',
              cell: ({ created_at }) => <Time value={created_at} />,
            },
            {
              title: words.actions,
              actions: true,
              cell: (user) => (
                <MoreOfRow
                  label={words.more(user.email)}
                  items={[
                    { label: words.link, onClick: () => setDialog({ kind: 'link', user }) },
                    {
                      label: user.is_active ? words.deactivate : words.activate,
                      onClick: () => setDialog({ kind: 'toggle', user }),
                    },
                  ]}
                />
              ),
            },
          ]}
          nameOf={({ email }) => email}
          keyOf={({ id }) => id}
          quiet={({ is_active }) => !is_active}
          empty={<EmptyState title={words.empty} />}
        />
      </Stack>
      {dialog?.kind === 'create' && <CreateDialog onClose={close} />}
      {dialog?.kind === 'toggle' && <ToggleDialog of={dialog.user} onClose={close} />}
      {dialog?.kind === 'link' && <LinkDialog of={dialog.user} onClose={close} />}
    </Page>
  );
}
