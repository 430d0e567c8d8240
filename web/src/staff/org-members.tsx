import { Button, Group, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import type { Column } from '../components/data-table';
import { DotBadge } from '../components/dot-badge';
import { Filters } from '../components/filters';
import { changed } from '../components/list-search';
import { ListView } from '../components/list-view';
import { Email } from '../components/email';
import { onDemand } from '../components/on-demand';
import { RowButton } from '../components/row-button';
import { SearchInput } from '../components/search-input';
import { EmptyState } from '../components/states';
import { tStaff } from '../strings/strings';
import { type Member, type MemberSearch, membersQuery } from './queries';

const AddMemberDialog = onDemand(async () => (await import('./member-dialogs')).AddMemberDialog);
const ChangeRoleDialog = onDemand(async () => (await import('./member-dialogs')).ChangeRoleDialog);
const RemoveMemberDialog = onDemand(async () => (await import('./member-dialogs')).RemoveMemberDialog);

const route = getRouteApi('/signed-in/staff/orgs/$id');
const words = tStaff.org;

type Dialog = { kind: 'add' } | { kind: 'role' | 'remove'; member: Member };

/** The members of an organization and their roles, as staff see and change them. */
export function OrganizationMembers({ id }: { id: number }) {
  const search: MemberSearch = route.useSearch();
  const navigate = route.useNavigate();
  const [dialog, setDialog] = useState<Dialog>();
  const go = (next: MemberSearch) => void navigate({ search: next, replace: true });
  const close = () => setDialog(undefined);
  const columns: readonly Column<Member>[] = [
    { title: words.member, orderBy: 'email', cell: ({ user }) => <Email of={user.email} /> },
    { title: words.role, orderBy: 'role', cell: ({ role }) => role.name },
    {
      title: words.status,
      cell: ({ status }) => (
        <DotBadge color={status === 'active' ? 'teal' : 'yellow'}>{words.statuses[status]}</DotBadge>
      ),
    },
    {
      title: words.actions,
      actions: true,
      cell: (member) => (
        <Group gap={6} justify="flex-end" wrap="nowrap">
          <RowButton onClick={() => setDialog({ kind: 'role', member })}>{words.changeRole}</RowButton>
          <RowButton danger onClick={() => setDialog({ kind: 'remove', member })}>
            {words.remove}
          </RowButton>
        </Group>
      ),
    },
  ];
  return (
    <Stack gap="sm">
      <Group justify="space-between">
        <Title order={2}>{words.members}</Title>
        <Button onClick={() => setDialog({ kind: 'add' })}>{words.add}</Button>
      </Group>
      <Filters>
        <SearchInput
          value={search.search}
          placeholder={words.searchMembers}
          onSearch={(text) => go(changed(search, { search: text }))}
        />
      </Filters>
      <ListView
        label={words.members}
        query={useQuery(membersQuery(id, search))}
        search={search}
        onSearch={go}
        columns={columns}
        nameOf={({ user }) => user.email}
        keyOf={({ id: member }) => member}
        empty={
          <EmptyState title={words.empty}>
            <Text span>{words.emptyHelp}</Text>
          </EmptyState>
        }
      />
      {dialog?.kind === 'add' && <AddMemberDialog org={id} onClose={close} />}
      {dialog?.kind === 'role' && <ChangeRoleDialog org={id} member={dialog.member} onClose={close} />}
      {dialog?.kind === 'remove' && <RemoveMemberDialog org={id} member={dialog.member} onClose={close} />}
    </Stack>
  );
}
