import { Center, Loader, Paper, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { t } from '../strings/strings';

/** A page that is on its way. */
export function PageLoading() {
  return (
    <Center mih="60vh">
      <Loader aria-label={t.common.loading} role="status" />
    </Center>
  );
}

/** Words that are on their way, in a line. */
export function WordsLoading() {
  return <span aria-busy="true">…</span>;
}

/** Nothing is there yet: what would be, and how to begin. */
export function EmptyState({
  title,
  children,
  action,
}: {
  title: string;
  children?: ReactNode;
  action?: ReactNode;
}) {
  return (
    <Paper withBorder p="xl" radius="lg">
      <Stack align="center" gap="sm" ta="center" py="lg">
        <Title order={2}>{title}</Title>
        {children && (
          <Text c="dimmed" maw={520}>
            {children}
          </Text>
        )}
        {action}
      </Stack>
    </Paper>
  );
}
