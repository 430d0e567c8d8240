import { Alert, Button, Group, Paper, PasswordInput, Stack, Text, Title } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answerOf, api } from '../api/client';
import { ProblemAlert } from '../components/problem-alert';
import { tAccount } from '../strings/strings';

/** Another password for the user's account. */
export function ChangePassword() {
  const queryClient = useQueryClient();
  const [current, setCurrent] = useState('');
  const [fresh, setFresh] = useState('');
  const changing = useMutation({
    mutationFn: () =>
      answerOf(api.POST('/api/auth/password/', { body: { current_password: current, new_password: fresh } })),
    onSuccess: () => {
      setCurrent('');
      setFresh('');
      void queryClient.invalidateQueries({ queryKey: ['account'] }); // waits until the user has signed in again
    },
  });
  const fields = changing.error?.fields ?? {};
  return (
    <Paper withBorder p="lg" radius="lg" component="section" aria-label={tAccount.password.title} maw={560}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          changing.mutate();
        }}
      >
        <Stack>
          <div>
            <Title order={2}>{tAccount.password.title}</Title>
            <Text size="sm" c="dimmed">
              {tAccount.password.help}
            </Text>
          </div>
          <PasswordInput
            label={tAccount.password.current}
            autoComplete="current-password"
            value={current}
            onChange={({ currentTarget }) => setCurrent(currentTarget.value)}
            error={fields['current_password']}
          />
          <PasswordInput
            label={tAccount.password.fresh}
            description={tAccount.password.rules}
            autoComplete="new-password"
            value={fresh}
            onChange={({ currentTarget }) => setFresh(currentTarget.value)}
            error={fields['new_password']}
          />
          <ProblemAlert error={changing.error} shown={['current_password', 'new_password']} />
          {changing.isSuccess && (
            <Alert color="teal" role="status">
              {tAccount.password.done}
            </Alert>
          )}
          <Group>
            <Button type="submit" loading={changing.isPending}>
              {tAccount.password.submit}
            </Button>
          </Group>
        </Stack>
      </form>
    </Paper>
  );
}
