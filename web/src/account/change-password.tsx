import { Alert, Button, Group, Paper, PasswordInput, Stack, Text, Title } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answerOf, api } from '../api/client';
import { ProblemAlert } from '../components/problem-alert';
import { t } from '../strings/strings';

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
    <Paper withBorder p="lg" radius="lg" component="section" aria-label={t.account.password.title} maw={560}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          changing.mutate();
        }}
      >
        <Stack>
          <div>
            <Title order={2}>{t.account.password.title}</Title>
            <Text size="sm" c="dimmed">
              {t.account.password.help}
            </Text>
          </div>
          <PasswordInput
            label={t.account.password.current}
            autoComplete="current-password"
            value={current}
            onChange={({ currentTarget }) => setCurrent(currentTarget.value)}
            error={fields['current_password']}
          />
          <PasswordInput
            label={t.account.password.fresh}
            description={t.account.password.rules}
            autoComplete="new-password"
            value={fresh}
            onChange={({ currentTarget }) => setFresh(currentTarget.value)}
            error={fields['new_password']}
          />
          <ProblemAlert error={changing.error} shown={['current_password', 'new_password']} />
          {changing.isSuccess && (
            <Alert color="teal" role="status">
              {t.account.password.done}
            </Alert>
          )}
          <Group>
            <Button type="submit" loading={changing.isPending}>
              {t.account.password.submit}
            </Button>
          </Group>
        </Stack>
      </form>
    </Paper>
  );
}
