import { Alert, Button, Group, Modal, PasswordInput, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { answerOf, api } from '../api/client';
import { ProblemAlert } from '../components/problem-alert';
import { t, tKeys } from '../strings/strings';

/** Tells whoever holds a whole key how it stands. What was pasted is gone when this closes. */
export function DiagnoseDialog({ onClose }: { onClose: () => void }) {
  return (
    <Modal
      opened
      onClose={onClose}
      title={tKeys.diagnosis.title}
      closeButtonProps={{ 'aria-label': t.common.close }}
    >
      <DiagnoseForm />
    </Modal>
  );
}

function DiagnoseForm() {
  const [key, setKey] = useState('');
  const asking = useMutation({
    mutationFn: () => answerOf(api.POST('/api/auth/access-keys/diagnose/', { body: { key: key.trim() } })),
  });
  const { data } = asking;
  const works = data?.status === 'active' || data?.status === 'superseded';
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        asking.mutate();
      }}
    >
      <Stack>
        <Text size="sm">{tKeys.diagnosis.help}</Text>
        <PasswordInput
          label={tKeys.diagnosis.field}
          autoComplete="off"
          visibilityToggleButtonProps={{ 'aria-label': tKeys.diagnosis.show }}
          data-autofocus
          value={key}
          onChange={({ currentTarget }) => {
            setKey(currentTarget.value);
            asking.reset();
          }}
          error={asking.error?.fields['key']}
        />
        <ProblemAlert error={asking.error} shown={['key']} />
        {data && (
          <Alert color={works ? 'teal' : 'yellow'} role="status">
            {tKeys.diagnosis.answers[data.status]}
            {works && (
              <Text size="sm" mt={4}>
                {tKeys.diagnosis.organizations}{' '}
                {data.organizations?.map(({ name }) => name).join(', ') || tKeys.diagnosis.nowhere}.
              </Text>
            )}
          </Alert>
        )}
        <Group justify="flex-end">
          <Button type="submit" loading={asking.isPending} disabled={key.trim() === ''}>
            {tKeys.diagnosis.submit}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
