import { Autocomplete, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useAttempt } from '../api/attempt';
import { answerOf, api } from '../api/client';
import { Confirm } from '../components/confirm';
import { FormDialog } from '../components/form-dialog';
import { PersonSelect } from '../components/person-select';
import { tStaff } from '../strings/strings';
import { users } from './directories';
import { useDone } from './done';
import type { Member } from './queries';

const words = tStaff.org;

/** The roles that every organization has; its own are typed by their name. */
const SYSTEM_ROLES = ['Owner', 'Administrator', 'Analyst', 'Viewer'];

/** Whether what was typed is the beginning of a role, and not yet the whole of it. */
const goesOn = (typed: string, role: string): boolean =>
  role !== typed && role.toLowerCase().startsWith(typed.toLowerCase());

interface Props {
  org: number;
  onClose: () => void;
}

function RoleInput({
  value,
  onChange,
  error,
}: {
  value: string;
  onChange: (role: string) => void;
  error: string | undefined;
}) {
  return (
    <Autocomplete
      label={words.role}
      description={words.roleHelp}
      required
      withAsterisk={false}
      data={SYSTEM_ROLES}
      // A role that is typed whole needs no suggestion, which would lie over the buttons.
      filter={({ options, search }) => options.filter((one) => 'value' in one && goesOn(search, one.value))}
      value={value}
      onChange={onChange}
      error={error}
    />
  );
}

/** Makes a user a member, without an invitation. */
export function AddMemberDialog({ org, onClose }: Props) {
  const [user, setUser] = useState('');
  const [role, setRole] = useState('');
  const attemptOf = useAttempt<{ user: number; role: string }>();
  const adding = useMutation({
    mutationFn: () => {
      const { body, header } = attemptOf([user, role], () => ({ user: Number(user), role }));
      return answerOf(
        api.POST('/api/admin/orgs/{id}/members/', { params: { path: { id: org }, header }, body }),
      );
    },
    onSuccess: useDone(onClose),
  });
  const fields = adding.error?.fields ?? {};
  return (
    <FormDialog
      title={words.addTitle}
      onClose={onClose}
      verb={words.addVerb}
      onSubmit={() => adding.mutate()}
      pending={adding.isPending}
      error={adding.error}
      fields={['user', 'role']}
      disabled={user === ''}
    >
      <Text size="sm">{words.addHelp}</Text>
      <PersonSelect
        directory={users}
        label={words.member}
        required
        value={user}
        onChange={setUser}
        error={fields['user']}
      />
      <RoleInput value={role} onChange={setRole} error={fields['role']} />
    </FormDialog>
  );
}

/** Gives a member another role. */
export function ChangeRoleDialog({ org, member, onClose }: Props & { member: Member }) {
  const [role, setRole] = useState(member.role.name);
  const changing = useMutation({
    mutationFn: () =>
      answerOf(
        api.PATCH('/api/admin/orgs/{id}/members/{member_id}/', {
          params: { path: { id: org, member_id: member.id } },
          body: { role },
        }),
      ),
    onSuccess: useDone(onClose),
  });
  return (
    <FormDialog
      title={words.changeRoleTitle(member.user.email)}
      onClose={onClose}
      verb={words.changeRole}
      onSubmit={() => changing.mutate()}
      pending={changing.isPending}
      error={changing.error}
      fields={['role']}
      disabled={role === member.role.name}
    >
      <RoleInput value={role} onChange={setRole} error={changing.error?.fields['role']} />
    </FormDialog>
  );
}

/** Ends a membership, or withdraws an invitation. */
export function RemoveMemberDialog({ org, member, onClose }: Props & { member: Member }) {
  const removing = useMutation({
    mutationFn: () =>
      answerOf(
        api.DELETE('/api/admin/orgs/{id}/members/{member_id}/', {
          params: { path: { id: org, member_id: member.id } },
        }),
      ),
    onSuccess: useDone(onClose),
  });
  return (
    <Confirm
      title={words.removeTitle(member.user.email)}
      opened
      onClose={onClose}
      verb={words.remove}
      danger
      onConfirm={() => removing.mutate()}
      pending={removing.isPending}
      error={removing.error}
    >
      <Text size="sm">{words.removeHelp}</Text>
    </Confirm>
  );
}
