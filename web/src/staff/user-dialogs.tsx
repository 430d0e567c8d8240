import { Button, Code, Group, Stack, Text, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { answerOf, api } from '../api/client';
import { Confirm } from '../components/confirm';
import { Copy } from '../components/copy';
import { Dialog } from '../components/dialog';
import { FormDialog } from '../components/form-dialog';
import { ProblemAlert } from '../components/problem-alert';
import { Time } from '../components/time';
import { tStaff } from '../strings/strings';
import { useDone } from './done';
import type { User } from './queries';

const words = tStaff.users;

/** Makes an account, which has no password yet. */
export function CreateDialog({ onClose }: { onClose: () => void }) {
  const [email, setEmail] = useState('');
  const [name, setName] = useState('');
  const creating = useMutation({
    mutationFn: () => answerOf(api.POST('/api/admin/users/', { body: { email, name } })),
    onSuccess: useDone(onClose),
  });
  const fields = creating.error?.fields ?? {};
  return (
    <FormDialog
      title={words.createTitle}
      onClose={onClose}
      verb={words.createVerb}
      onSubmit={() => creating.mutate()}
      pending={creating.isPending}
      error={creating.error}
      fields={['email', 'name']}
    >
      <Text size="sm">{words.createHelp}</Text>
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
      <TextInput
        label={words.name}
        required
        withAsterisk={false}
        value={name}
        onChange={({ currentTarget }) => setName(currentTarget.value)}
        error={fields['name']}
      />
    </FormDialog>
  );
}

/** Deactivates an account, or activates it again. */
export function ToggleDialog({ of: { id, email, is_active }, onClose }: { of: User; onClose: () => void }) {
  const params = { path: { id } };
  const toggling = useMutation({
    mutationFn: () =>
      answerOf(
        is_active
          ? api.POST('/api/admin/users/{id}/deactivate/', { params })
          : api.POST('/api/admin/users/{id}/activate/', { params }),
      ),
    onSuccess: useDone(onClose),
  });
  return (
    <Confirm
      title={is_active ? words.deactivateTitle(email) : words.activateTitle(email)}
      opened
      onClose={onClose}
      verb={is_active ? words.deactivate : words.activate}
      danger={is_active}
      onConfirm={() => toggling.mutate()}
      pending={toggling.isPending}
      error={toggling.error}
    >
      <Text size="sm">{is_active ? words.deactivateHelp : words.activateHelp}</Text>
    </Confirm>
  );
}

/** Makes a one-time link by which a user chooses a password. It is shown here, once, and gone when this is closed. */
export function LinkDialog({ of: { id, email }, onClose }: { of: User; onClose: () => void }) {
  const making = useMutation({
    mutationFn: () =>
      answerOf(api.POST('/api/admin/users/{id}/password-link/', { params: { path: { id } } })),
  });
  const link = making.data;
  return (
    <Dialog opened onClose={onClose} title={words.linkTitle(email)}>
      <Stack>
        <Text size="sm">{words.linkHelp}</Text>
        {link && (
          <>
            <Code block style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
              {link.url}
            </Code>
            <Text size="sm">
              {words.linkEnds} <Time value={link.expires_at} />
            </Text>
          </>
        )}
        <ProblemAlert error={making.error} />
        <Group justify="flex-end">
          {link ? (
            <Copy value={link.url} label={words.copyLink} size="sm" />
          ) : (
            <Button loading={making.isPending} onClick={() => making.mutate()}>
              {words.makeLink}
            </Button>
          )}
        </Group>
      </Stack>
    </Dialog>
  );
}
