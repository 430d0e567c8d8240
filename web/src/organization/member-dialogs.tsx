import { Select, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answerOf, api } from '../api/client';
import { Confirm } from '../components/confirm';
import { FormDialog } from '../components/form-dialog';
import { tOrganization } from '../strings/strings';
import type { CurrentOrganization } from './current';
import { type Member, type Role, rolesQuery } from './queries';

const words = tOrganization.members;

interface Props {
  organization: CurrentOrganization;
  onClose: () => void;
}

/** Nobody grants what they don't hold: the roles that the user's own role covers. */
function useGrantableRoles({ id, permissions }: CurrentOrganization) {
  const { data, error } = useQuery(rolesQuery(id));
  const held = new Set<string>(permissions);
  const roles = data?.results.filter((role) => role.permissions.every((one) => held.has(one))) ?? [];
  return { roles, unread: data ? null : error };
}

function RoleSelect({
  roles,
  value,
  onChange,
  error,
}: {
  roles: readonly Role[];
  value: string | null;
  onChange: (value: string) => void;
  error?: string | undefined;
}) {
  return (
    <Select
      label={words.role}
      description={words.roleHelp}
      data={roles.map(({ id, name }) => ({ value: String(id), label: name }))}
      value={value}
      allowDeselect={false}
      onChange={(chosen) => onChange(chosen ?? '')}
      error={error}
    />
  );
}

/** What changed in an organization's members is read anew everywhere. */
function useChanged(organization: number): () => Promise<void> {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: ['organization', organization] });
}

/** Invites somebody by e-mail. The answer is the same whether or not they have an account. */
export function InviteDialog({ organization, onClose }: Props) {
  const { roles, unread } = useGrantableRoles(organization);
  const [email, setEmail] = useState('');
  const [role, setRole] = useState<string | null>(null);
  const chosen = role ?? String(roles.find(({ name }) => name === 'Viewer')?.id ?? roles.at(-1)?.id ?? '');
  const refresh = useChanged(organization.id);
  const inviting = useMutation({
    mutationFn: () =>
      answerOf(
        api.POST('/api/orgs/{org_pk}/members/', {
          params: { path: { org_pk: organization.id } },
          body: { email, role: Number(chosen) },
        }),
      ),
    onSuccess: async () => {
      await refresh();
      onClose();
    },
  });
  const fields = inviting.error?.fields ?? {};
  return (
    <FormDialog
      title={words.inviteTitle(organization.name)}
      onClose={onClose}
      verb={words.inviteVerb}
      onSubmit={() => inviting.mutate()}
      pending={inviting.isPending}
      error={inviting.error ?? unread}
      fields={['email', 'role']}
      disabled={chosen === ''}
    >
      <Text size="sm">{words.inviteHelp}</Text>
      <TextInput
        label={words.email}
        type="email"
        required
        withAsterisk={false}
        data-autofocus
        value={email}
        onChange={({ currentTarget }) => setEmail(currentTarget.value)}
        error={fields['email']}
      />
      <RoleSelect roles={roles} value={chosen} onChange={setRole} error={fields['role']} />
    </FormDialog>
  );
}

/** Gives a member another role. */
export function ChangeRoleDialog({ organization, member, onClose }: Props & { member: Member }) {
  const { roles, unread } = useGrantableRoles(organization);
  const [role, setRole] = useState(String(member.role.id));
  const refresh = useChanged(organization.id);
  const changing = useMutation({
    mutationFn: () =>
      answerOf(
        api.PATCH('/api/orgs/{org_pk}/members/{id}/', {
          params: { path: { org_pk: organization.id, id: member.id } },
          body: { role: Number(role) },
        }),
      ),
    onSuccess: async () => {
      await refresh();
      onClose();
    },
  });
  const offered = roles.some(({ id }) => id === member.role.id)
    ? roles
    : [...roles, { ...member.role, permissions: [], is_system: true, member_count: 0 }];
  return (
    <FormDialog
      title={words.changeRoleTitle(member.user.email)}
      onClose={onClose}
      verb={words.changeRoleVerb}
      onSubmit={() => changing.mutate()}
      pending={changing.isPending}
      error={changing.error ?? unread}
      fields={['role']}
      disabled={role === String(member.role.id)}
    >
      <RoleSelect roles={offered} value={role} onChange={setRole} error={changing.error?.fields['role']} />
    </FormDialog>
  );
}

/** Ends a membership, or withdraws an invitation, after telling what ends with it. */
export function RemoveMemberDialog({ organization, member, onClose }: Props & { member: Member }) {
  const refresh = useChanged(organization.id);
  const removing = useMutation({
    mutationFn: () =>
      answerOf(
        api.DELETE('/api/orgs/{org_pk}/members/{id}/', {
          params: { path: { org_pk: organization.id, id: member.id } },
        }),
      ),
    onSuccess: async () => {
      await refresh();
      onClose();
    },
  });
  const invited = member.status === 'invited';
  return (
    <Confirm
      title={invited ? words.withdrawTitle(member.user.email) : words.removeTitle(member.user.email)}
      opened
      onClose={onClose}
      verb={invited ? words.withdraw : words.remove}
      danger
      onConfirm={() => removing.mutate()}
      pending={removing.isPending}
      error={removing.error}
    >
      <Text size="sm">{invited ? words.withdrawHelp : words.removeHelp(organization.name)}</Text>
    </Confirm>
  );
}
