import { Button, PasswordInput, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { answerOf, api } from '../api/client';
import { Problem } from '../api/problem';
import { ButtonLink } from '../components/links';
import { ProblemAlert } from '../components/problem-alert';
import { linkToken } from '../link-token';
import { FrontPage } from '../shell/front-page';
import { tAccount } from '../strings/strings';

/** Where a link to set a password leads. */
export function SetPasswordPage() {
  const [password, setPassword] = useState('');
  const setting = useMutation({
    mutationFn: () =>
      answerOf(
        api.POST('/api/auth/password/set/', { body: { token: linkToken ?? '', new_password: password } }),
      ),
  });
  const { error } = setting;
  if (linkToken === undefined) {
    return (
      <FrontPage title={tAccount.setPassword.noToken}>
        <Text>{tAccount.setPassword.noTokenHelp}</Text>
      </FrontPage>
    );
  }
  if (setting.isSuccess) {
    return (
      <FrontPage title={tAccount.setPassword.done}>
        <Stack>
          <Text>{tAccount.setPassword.doneHelp}</Text>
          <ButtonLink to="/sign-in">{tAccount.setPassword.signIn}</ButtonLink>
        </Stack>
      </FrontPage>
    );
  }
  return (
    <FrontPage title={tAccount.setPassword.title} lead={tAccount.setPassword.lead}>
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
    </FrontPage>
  );
}

/** A link that doesn't work is told in our words, not as a field that nobody sees. */
function refusalOf(error: Problem): Problem {
  return error.fields['token'] || error.status === 401
    ? new Problem(error.status, error.code, tAccount.setPassword.refused)
    : error;
}
