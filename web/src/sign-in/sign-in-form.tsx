import { Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { Problem } from '../api/problem';
import type { Me } from '../api/me';
import { ProblemAlert } from '../components/problem-alert';
import { t } from '../strings/strings';
import { signIn } from './sign-in';

/** E-mail and password. What was typed stays when it is refused. */
export function SignInForm({
  email: known = '',
  onSignedIn,
}: {
  email?: string;
  onSignedIn: (me: Me) => void;
}) {
  const [email, setEmail] = useState(known);
  const [password, setPassword] = useState('');
  const entering = useMutation({ mutationFn: () => signIn(email, password), onSuccess: onSignedIn });
  const { error } = entering;
  const fields = error instanceof Problem ? error.fields : {};
  const told =
    error instanceof Problem && error.status === 401 ? new Problem(400, error.code, t.signIn.wrong) : error;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        entering.mutate();
      }}
    >
      <Stack>
        <TextInput
          label={t.signIn.email}
          name="email"
          type="email"
          autoComplete="username"
          value={email}
          onChange={({ currentTarget }) => setEmail(currentTarget.value)}
          error={fields['email']}
          data-autofocus={known === '' || undefined}
        />
        <PasswordInput
          label={t.signIn.password}
          name="password"
          autoComplete="current-password"
          value={password}
          onChange={({ currentTarget }) => setPassword(currentTarget.value)}
          error={fields['password']}
          data-autofocus={known !== '' || undefined}
        />
        <ProblemAlert error={told} shown={['email', 'password']} />
        <Button type="submit" size="md" loading={entering.isPending}>
          {t.signIn.submit}
        </Button>
      </Stack>
    </form>
  );
}
