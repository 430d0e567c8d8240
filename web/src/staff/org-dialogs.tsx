import { Text, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { answerOf, api } from '../api/client';
import { Confirm } from '../components/confirm';
import { FormDialog } from '../components/form-dialog';
import { tStaff } from '../strings/strings';
import { useDone } from './done';
import type { Organization } from './queries';

const words = tStaff.orgs;

/** Makes an organization, which nobody belongs to yet. */
export function CreateDialog({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState('');
  const creating = useMutation({
    mutationFn: () => answerOf(api.POST('/api/admin/orgs/', { body: { name } })),
    onSuccess: useDone(onClose),
  });
  return (
    <FormDialog
      title={words.createTitle}
      onClose={onClose}
      verb={words.createVerb}
      onSubmit={() => creating.mutate()}
      pending={creating.isPending}
      error={creating.error}
      fields={['name']}
    >
      <TextInput
        label={words.name}
        required
        withAsterisk={false}
        data-autofocus
        value={name}
        onChange={({ currentTarget }) => setName(currentTarget.value)}
        error={creating.error?.fields['name']}
      />
    </FormDialog>
  );
}

/** Disables an organization, or enables it again. */
export function ToggleDialog({
  of: { id, name, disabled },
  onClose,
}: {
  of: Organization;
  onClose: () => void;
}) {
  const toggling = useMutation({
    mutationFn: () =>
      answerOf(
        api.PATCH('/api/admin/orgs/{id}/', { params: { path: { id } }, body: { disabled: !disabled } }),
      ),
    onSuccess: useDone(onClose),
  });
  return (
    <Confirm
      title={disabled ? words.enableTitle(name) : words.disableTitle(name)}
      opened
      onClose={onClose}
      verb={disabled ? words.enable : words.disable}
      danger={!disabled}
      onConfirm={() => toggling.mutate()}
      pending={toggling.isPending}
      error={toggling.error}
    >
      <Text size="sm">{disabled ? words.enableHelp : words.disableHelp}</Text>
    </Confirm>
  );
}
