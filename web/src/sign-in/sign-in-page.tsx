import { Center, Paper, Stack, Text, Title } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useRouter } from '@tanstack/react-router';
import { useEffect } from 'react';
import { meQuery } from '../api/me';
import { Brand } from '../shell/brand';
import { t } from '../strings/strings';
import { ownPath } from './next';
import { SignInForm } from './sign-in-form';

const route = getRouteApi('/sign-in');

/** The way in. */
export function SignInPage() {
  const { next } = route.useSearch();
  const router = useRouter();
  const queryClient = useQueryClient();
  useEffect(() => {
    document.title = `${t.signIn.title} · ${t.common.product}`;
  }, []);
  return (
    <Center component="main" mih="100vh" p="md">
      <Stack w="100%" maw={400} gap="lg">
        <Stack align="center" gap={6} ta="center">
          <Brand size={36} />
          <Title order={1} mt="sm">
            {t.signIn.title}
          </Title>
          <Text c="dimmed" className="balanced">
            {t.signIn.welcome}
          </Text>
        </Stack>
        <Paper withBorder p="xl" radius="lg" shadow="sm">
          <SignInForm
            onSignedIn={(me) => {
              queryClient.setQueryData(meQuery.queryKey, me);
              void router.navigate({ href: ownPath(next), replace: true });
            }}
          />
        </Paper>
        <Text size="sm" c="dimmed" ta="center" className="balanced">
          {t.signIn.forgot}
        </Text>
      </Stack>
    </Center>
  );
}
