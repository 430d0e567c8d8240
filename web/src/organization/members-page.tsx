import { Button, Group, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import type { Column } from '../components/data-table';
import { DotBadge } from '../components/dot-badge';
import { FilterSelect } from '../components/filter-select';
import { Filters } from '../components/filters';
import { changed } from '../components/list-search';
import { ListView } from '../components/list-view';
import { onDemand } from '../components/on-demand';
import { Page } from '../components/page';
import { RowButton } from '../components/row-button';
import { SearchInput } from '../components/search-input';
import { EmptyState } from '../components/states';
import { Time } from '../components/time';
import { tOrganization } from '../strings/strings';
import { type CurrentOrganization, useOrganization } from './current';
import { type Member, type MemberSearch, membersQuery, rolesQuery } from './queries';

const InviteDialog = onDemand(async () => (await import('./member-dialogs')).InviteDialog);
const ChangeRoleDialog = onDemand(async () => (await import('./member-dialogs')).ChangeRoleDialog);
const RemoveMemberDialog = onDemand(async () => (await import('./member-dialogs')).RemoveMemberDialog);

const route = getRouteApi('/signed-in/orgs/$orgId/members');
const words = tOrganization.members;

type Dialog = { kind: 'invite' } | { kind: 'role' | 'remove'; member: Member };

/** Who belongs to the organization, and who is invited. */
export function MembersPage() {
  const organization = useOrganization();
  const search: MemberSearch = route.useSearch();
  const navigate = route.useNavigate();
  const query = useQuery(membersQuery(organization.id, search));
  const [dialog, setDialog] = useState<Dialog>();
  const go = (next: MemberSearch) => void navigate({ search: next, replace: true });
  const close = () => setDialog(undefined);
  const manages = organization.may('member.manage');
  return (
    <Page
      title={words.title}
      lead={words.lead(organization.name)}
      actions={manages && <Button onClick={() => setDialog({ kind: 'invite' })}>{words.invite}</Button>}
    >
      <Stack gap="sm">
        <MemberFilters organization={organization} search={search} onSearch={go} />
        <ListView
          label={words.title}
          query={query}
          search={search}
          onSearch={go}
          columns={columnsOf(organization, setDialog)}
          nameOf={({ user }) => user.email}
          keyOf={({ id }) => id}
          empty={<EmptyState title={words.empty} />}
        />
      </Stack>
      {dialog?.kind === 'invite' && <InviteDialog organization={organization} onClose={close} />}
      {dialog?.kind === 'role' && (
        <ChangeRoleDialog organization={organization} member={dialog.member} onClose={close} />
      )}
      {dialog?.kind === 'remove' && (
        <RemoveMemberDialog organization={organization} member={dialog.member} onClose={close} />
      )}
    </Page>
  );
}

function columnsOf(
  organization: CurrentOrganization,
  open: (dialog: Dialog) => void,
): readonly Column<Member>[] {
  return [
    {
      title: words.member,
      orderBy: 'email',
      cell: ({ user }) => (
        <Stack gap={0} maw={320}>
          <Text size="sm" fw={600} className="one-line">
            {user.name || user.email}
          </Text>
          {user.name && (
            <Text size="xs" c="dimmed" className="one-line">
              {user.email}
            </Text>
          )}
        </Stack>
      ),
    },
    { title: words.role, orderBy: 'role', cell: ({ role }) => role.name },
    {
      title: words.status,
      orderBy: 'status',
      cell: ({ status }) => (
        <DotBadge color={status === 'active' ? 'teal' : 'yellow'}>{words.statuses[status]}</DotBadge>
      ),
    },
    {
      title: words.since,
      orderBy: 'created_at',
      cell: ({ created_at }) => <Time value={created_at} />,
    },
    ...(organization.may('member.manage')
      ? [
          {
            title: words.actions,
            actions: true,
            cell: (member: Member) => (
              <Group gap={6} justify="flex-end" wrap="nowrap">
                <RowButton onClick={() => open({ kind: 'role', member })}>{words.changeRole}</RowButton>
                <RowButton danger onClick={() => open({ kind: 'remove', member })}>
                  {member.status === 'invited' ? words.withdraw : words.remove}
                </RowButton>
              </Group>
            ),
          },
        ]
      : []),
  ];
}

function MemberFilters({
  organization,
  search,
  onSearch,
}: {
  organization: CurrentOrganization;
  search: MemberSearch;
  onSearch: (next: MemberSearch) => void;
}) {
  const roles = useQuery({ ...rolesQuery(organization.id), enabled: organization.may('role.view') });
  const set = (change: MemberSearch) => onSearch(changed(search, change));
  return (
    <Filters>
      <SearchInput
        value={search.search}
        placeholder={words.searchMembers}
        onSearch={(text) => set({ search: text })}
      />
      <FilterSelect
        label={words.status}
        all={words.allStatuses}
        options={words.statuses}
        value={search.status}
        onChange={(status) => set({ status })}
      />
      {roles.data && (
        <FilterSelect
          label={words.role}
          all={words.allRoles}
          options={Object.fromEntries(roles.data.results.map(({ id, name }) => [id, name]))}
          value={search.role}
          onChange={(role) => set({ role })}
        />
      )}
    </Filters>
  );
}
