import { Center, Stack, Text, Title } from '@mantine/core';
import { ButtonLink } from '../components/links';
import { ProblemAlert } from '../components/problem-alert';
import { t } from '../strings/strings';

/** A path that leads nowhere, or to what isn't the user's. */
export function NotFoundPage() {
  return (
    <Center mih="60vh" p="md">
      <Stack align="center" gap="sm" ta="center">
        <Title order={1}>{t.common.notFoundTitle}</Title>
        <Text c="dimmed">{t.common.notFound}</Text>
        <ButtonLink to="/" variant="light">
          {t.common.backHome}
        </ButtonLink>
      </Stack>
    </Center>
  );
}

/** A page that could not be shown, and how to try again. */
export function PageProblem({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  return (
    <Center mih="60vh" p="md">
      <ProblemAlert error={error} onRetry={onRetry} />
    </Center>
  );
}
