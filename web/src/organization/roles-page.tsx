import { Button, Group, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answerOf, api } from '../api/client';
import { Confirm } from '../components/confirm';
import type { Column } from '../components/data-table';
import { DotBadge } from '../components/dot-badge';
import { ListView } from '../components/list-view';
import { onDemand } from '../components/on-demand';
import { Page } from '../components/page';
import { ProblemAlert } from '../components/problem-alert';
import { RowButton } from '../components/row-button';
import { WordsLoading } from '../components/states';
import { tOrganization } from '../strings/strings';
import { type CurrentOrganization, useOrganization } from './current';
import { permissionsQuery, type PermissionCategory, type Role, rolesQuery } from './queries';

const RoleEditor = onDemand(async () => (await import('./role-editor')).RoleEditor);

const RolePermissions = onDemand(async () => (await import('./role-permissions')).RolePermissions);

const words = tOrganization.roles;

type Dialog = { kind: 'define' } | { kind: 'edit' | 'delete' | 'show'; role: Role };

/** What each role permits; own roles are defined and changed here. */
export function RolesPage() {
  const organization = useOrganization();
  const query = useQuery(rolesQuery(organization.id));
  const permissions = useQuery(permissionsQuery(organization.id));
  const [dialog, setDialog] = useState<Dialog>();
  const close = () => setDialog(undefined);
  const categories = permissions.data?.results ?? [];
  return (
    <Page
      title={words.title}
      lead={words.lead}
      actions={
        organization.may('role.manage') && (
          <Button onClick={() => setDialog({ kind: 'define' })}>{words.define}</Button>
        )
      }
    >
      {permissions.error && !permissions.data && (
        <ProblemAlert error={permissions.error} onRetry={() => void permissions.refetch()} />
      )}
      <ListView
        label={words.title}
        query={query}
        search={{}}
        onSearch={() => undefined}
        columns={columnsOf(organization, permissions.data?.results, setDialog)}
        nameOf={({ name }) => name}
        keyOf={({ id }) => id}
        empty={null}
      />
      {dialog?.kind === 'define' && (
        <RoleEditor organization={organization} categories={categories} onClose={close} />
      )}
      {dialog?.kind === 'edit' && (
        <RoleEditor organization={organization} categories={categories} role={dialog.role} onClose={close} />
      )}
      {dialog?.kind === 'show' && (
        <RolePermissions role={dialog.role} categories={categories} onClose={close} />
      )}
      {dialog?.kind === 'delete' && (
        <DeleteRole organization={organization} role={dialog.role} onClose={close} />
      )}
    </Page>
  );
}

function columnsOf(
  organization: CurrentOrganization,
  categories: readonly PermissionCategory[] | undefined,
  open: (dialog: Dialog) => void,
): readonly Column<Role>[] {
  const held = new Set<string>(organization.permissions);
  // Nobody edits what holds more than they do (contract §3).
  const edits = ({ is_system, permissions }: Role) =>
    organization.may('role.manage') && !is_system && permissions.every((one) => held.has(one));
  return [
    {
      title: words.name,
      cell: ({ name }) => (
        <Text size="sm" fw={600} maw={240} className="one-line">
          {name}
        </Text>
      ),
    },
    {
      title: words.kind,
      cell: ({ is_system }) => (
        <DotBadge color={is_system ? 'gray' : 'ink'}>{is_system ? words.system : words.custom}</DotBadge>
      ),
    },
    { title: words.permits, cell: ({ permissions }) => summaryOf(permissions, categories) },
    { title: words.members, cell: ({ member_count }) => member_count },
    {
      title: words.actions,
      actions: true,
      cell: (role) => (
        <Group gap={6} justify="flex-end" wrap="nowrap">
          <RowButton onClick={() => open({ kind: 'show', role })}>{words.show}</RowButton>
          {edits(role) && (
            <>
              <RowButton onClick={() => open({ kind: 'edit', role })}>{words.edit}</RowButton>
              <RowButton danger onClick={() => open({ kind: 'delete', role })}>
                {words.delete}
              </RowButton>
            </>
          )}
        </Group>
      ),
    },
  ];
}

/** The categories that a role permits something of, with how much of each. */
function summaryOf(permissions: readonly string[], categories: readonly PermissionCategory[] | undefined) {
  if (!categories) return <WordsLoading />;
  const parts = categories.flatMap(({ category, permissions: all }) => {
    const held = all.filter(({ codename }) => permissions.includes(codename)).length;
    if (held === 0) return [];
    return held === all.length ? [category] : [words.someOf(category, held, all.length)];
  });
  return (
    <Text size="sm" maw={420} className="wraps">
      {parts.length > 0 ? parts.join(', ') : words.nothing}
    </Text>
  );
}

function DeleteRole({
  organization,
  role,
  onClose,
}: {
  organization: CurrentOrganization;
  role: Role;
  onClose: () => void;
}) {
  const client = useQueryClient();
  const deleting = useMutation({
    mutationFn: () =>
      answerOf(
        api.DELETE('/api/orgs/{org_pk}/roles/{id}/', {
          params: { path: { org_pk: organization.id, id: role.id } },
        }),
      ),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['organization', organization.id] });
      onClose();
    },
  });
  return (
    <Confirm
      title={words.deleteTitle(role.name)}
      opened
      onClose={onClose}
      verb={words.delete}
      danger
      onConfirm={() => deleting.mutate()}
      pending={deleting.isPending}
      disabled={role.member_count > 0}
      error={deleting.error}
    >
      <Text size="sm">{role.member_count > 0 ? words.deleteInUse(role.member_count) : words.deleteHelp}</Text>
    </Confirm>
  );
}
