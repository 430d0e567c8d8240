import { Button, Center, Paper, PasswordInput, Stack, Text, Title } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useEffect, useState } from 'react';
import { answerOf, api } from '../api/client';
import { Problem } from '../api/problem';
import { ButtonLink } from '../components/links';
import { ProblemAlert } from '../components/problem-alert';
import { linkToken } from '../link-token';
import { Brand } from '../shell/brand';
import { t, tAccount } from '../strings/strings';

/** Where a link to set a password leads. */
export function SetPasswordPage() {
  const [password, setPassword] = useState('');
  useEffect(() => {
    document.title = `${tAccount.setPassword.title} · ${t.common.product}`;
  }, []);
  const setting = useMutation({
    mutationFn: () =>
      answerOf(
        api.POST('/api/auth/password/set/', { body: { token: linkToken ?? '', new_password: password } }),
      ),
  });
  const { error } = setting;
  if (linkToken === undefined) {
    return (
      <Frame title={tAccount.setPassword.noToken}>
        <Text>{tAccount.setPassword.noTokenHelp}</Text>
      </Frame>
    );
  }
  if (setting.isSuccess) {
    return (
      <Frame title={tAccount.setPassword.done}>
        <Text>{tAccount.setPassword.doneHelp}</Text>
        <ButtonLink to="/sign-in">{tAccount.setPassword.signIn}</ButtonLink>
      </Frame>
    );
  }
  return (
    <Frame title={tAccount.setPassword.title} lead={tAccount.setPassword.lead}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          setting.mutate();
        }}
      >
        <Stack>
          <PasswordInput
            label={tAccount.password.fresh}
            description={tAccount.password.rules}
            autoComplete="new-password"
            data-autofocus
            value={password}
            onChange={({ currentTarget }) => setPassword(currentTarget.value)}
            error={error?.fields['new_password']}
          />
          <ProblemAlert error={error && refusalOf(error)} shown={['new_password']} />
          <Button type="submit" size="md" loading={setting.isPending}>
            {tAccount.setPassword.submit}
          </Button>
        </Stack>
      </form>
    </Frame>
  );
}

/** A link that doesn't work is told in our words, not as a field that nobody sees. */
function refusalOf(error: Problem): Problem {
  return error.fields['token'] || error.status === 401
    ? new Problem(error.status, error.code, tAccount.setPassword.refused)
    : error;
}

function Frame({ title, lead, children }: { title: string; lead?: string; children: ReactNode }) {
  return (
    <Center component="main" mih="100vh" p="md">
      <Stack w="100%" maw={440} gap="lg" align="center">
        <Brand size={36} />
        <Paper withBorder p="xl" radius="lg" shadow="sm" w="100%">
          <Stack>
            <div>
              <Title order={1}>{title}</Title>
              {lead && <Text c="dimmed">{lead}</Text>}
            </div>
            {children}
          </Stack>
        </Paper>
      </Stack>
    </Center>
  );
}
