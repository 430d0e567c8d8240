import { Alert, Button, Group, List, Modal, Stack, Text, Textarea } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answerOf, api } from '../api/client';
import { ProblemAlert } from '../components/problem-alert';
import { t, tKeys } from '../strings/strings';

const MOST = 100;

/** Revokes keys that were found where they don't belong. */
export function LeakDialog({ onClose }: { onClose: () => void }) {
  return (
    <Modal
      opened
      onClose={onClose}
      title={tKeys.leak.title}
      closeButtonProps={{ 'aria-label': t.common.close }}
    >
      <LeakForm />
    </Modal>
  );
}

function LeakForm() {
  const queryClient = useQueryClient();
  const [text, setText] = useState('');
  const found = text.split(/\s+/).filter(Boolean);
  const reporting = useMutation({
    mutationFn: () => answerOf(api.POST('/api/auth/access-keys/report-leak/', { body: { keys: found } })),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['keys'] }),
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        reporting.mutate();
      }}
    >
      <Stack>
        <Text size="sm">{tKeys.leak.help}</Text>
        <Textarea
          label={tKeys.leak.field}
          autosize
          minRows={3}
          maxRows={10}
          autoComplete="off"
          spellCheck={false}
          data-autofocus
          value={text}
          onChange={({ currentTarget }) => {
            setText(currentTarget.value);
            reporting.reset();
          }}
          error={found.length > MOST ? tKeys.leak.tooMany : reporting.error?.fields['keys']}
        />
        <ProblemAlert error={reporting.error} shown={['keys']} />
        {reporting.data && (
          <Alert color="gray" role="status">
            <List size="sm">
              {reporting.data.results.map(({ index, outcome }) => (
                <List.Item
                  key={index}
                >{`${tKeys.leak.line(index + 1)}: ${tKeys.leak.outcomes[outcome]}`}</List.Item>
              ))}
            </List>
          </Alert>
        )}
        <Group justify="flex-end">
          <Button
            type="submit"
            color="red.8"
            loading={reporting.isPending}
            disabled={found.length === 0 || found.length > MOST}
          >
            {tKeys.leak.submit}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
