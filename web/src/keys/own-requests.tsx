import { Button, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { answerOf, api } from '../api/client';
import { DAY_MS } from '../components/days';
import { ProblemAlert } from '../components/problem-alert';
import { Time } from '../components/time';
import { tKeys } from '../strings/strings';
import { OrganizationName } from './key-words';
import { type KeyRequest, ownRequestsQuery } from './queries';

/** How long a refusal is told, in milliseconds. */
const TOLD_FOR = 7 * DAY_MS;

/** The keys that the user asked for: those that wait, and those that were refused lately. Nothing where there are none. */
export function OwnRequests() {
  const { data, error, refetch } = useQuery(ownRequestsQuery);
  if (error && !data) return <ProblemAlert error={error} onRetry={() => void refetch()} />;
  const told = data?.results.filter(isTold) ?? [];
  if (told.length === 0) return null;
  return (
    <Stack gap="xs" component="section" aria-label={tKeys.asked.title}>
      {told.map((request) => (
        <Asked key={request.id} request={request} />
      ))}
    </Stack>
  );
}

function isTold({ status, decided_at }: KeyRequest): boolean {
  if (status === 'open') return true;
  return status === 'declined' && decided_at !== null && Date.parse(decided_at) > Date.now() - TOLD_FOR;
}

function Asked({ request }: { request: KeyRequest }) {
  const client = useQueryClient();
  const cancelling = useMutation({
    mutationFn: () =>
      answerOf(
        api.POST('/api/auth/access-key-requests/{id}/cancel/', { params: { path: { id: request.id } } }),
      ),
    onSettled: () => client.invalidateQueries({ queryKey: ['keys'] }),
  });
  return (
    <Paper withBorder p="md" radius="lg">
      <Group justify="space-between">
        <div>
          <Title order={2} size="h4">
            {request.name}
          </Title>
          <Text size="sm" c="dimmed">
            <OrganizationName id={request.organization} /> · {tKeys.levels[request.access_level]} ·{' '}
            {request.status === 'open' ? tKeys.asked.waits : tKeys.asked.declined}{' '}
            <Time value={request.status === 'open' ? request.created_at : request.decided_at} />
          </Text>
          <Text size="sm">{request.decline_reason ?? request.reason}</Text>
        </div>
        {request.status === 'open' && (
          <Button variant="default" loading={cancelling.isPending} onClick={() => cancelling.mutate()}>
            {tKeys.asked.cancel}
          </Button>
        )}
      </Group>
      <ProblemAlert error={cancelling.error} />
    </Paper>
  );
}
