import { Button, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useAttempt } from '../api/attempt';
import { answerOf, api } from '../api/client';
import { TextLink } from '../components/links';
import { type IssuedKey, useMakingKey } from '../components/making-key';
import { ProblemAlert } from '../components/problem-alert';
import { Time } from '../components/time';
import { tKeys } from '../strings/strings';
import { OrganizationName } from './key-words';
import { type Grant, grantsQuery, keyQuery } from './queries';

/** Keys that were granted to the user and wait to be taken. Nothing where there are none. */
export function GrantsToRedeem({ onRedeemed }: { onRedeemed: (issued: IssuedKey) => void }) {
  const { data, error, refetch } = useQuery(grantsQuery);
  if (error && !data) return <ProblemAlert error={error} onRetry={() => void refetch()} />;
  if (!data || data.count === 0) return null;
  return (
    <Stack gap="xs" component="section" aria-label={tKeys.grants.title}>
      {data.results.map((grant) => (
        <OpenGrant key={grant.id} grant={grant} onRedeemed={onRedeemed} />
      ))}
    </Stack>
  );
}

function OpenGrant({ grant, onRedeemed }: { grant: Grant; onRedeemed: (issued: IssuedKey) => void }) {
  const queryClient = useQueryClient();
  const attemptOf = useAttempt<undefined>();
  const redeem = () =>
    answerOf(
      api.POST('/api/auth/access-key-grants/{id}/redeem/', {
        params: { path: { id: grant.id }, header: attemptOf(grant.id, () => undefined).header },
      }),
    );
  const redeeming = useMakingKey(redeem, {
    onSuccess: onRedeemed,
    onError: () => queryClient.invalidateQueries({ queryKey: ['keys'] }),
  });
  return (
    <Paper withBorder p="md" radius="lg">
      <Group justify="space-between">
        <div>
          <Title order={2} size="h4">
            {grant.name}
          </Title>
          <Text size="sm" c="dimmed">
            <OrganizationName id={grant.organization} /> · {tKeys.levels[grant.access_level]} ·{' '}
            {tKeys.grants.lapses} <Time value={grant.expires_at} />
          </Text>
          {grant.reason && <Text size="sm">{grant.reason}</Text>}
          {grant.rotates !== null && <Rotates id={grant.rotates} />}
        </div>
        <Button loading={redeeming.isPending} onClick={() => redeeming.mutate()}>
          {tKeys.grants.redeem}
        </Button>
      </Group>
      <ProblemAlert error={redeeming.error} />
    </Paper>
  );
}

/** A rotation that a tool asked for: which key it is about, and that the new one is made here. */
function Rotates({ id }: { id: number }) {
  const { data } = useQuery(keyQuery(id));
  return (
    <Text size="sm">
      {tKeys.grants.rotates}{' '}
      <TextLink to="/keys/$id" params={{ id: String(id) }}>
        {data?.name ?? tKeys.key.theKey(id)}
      </TextLink>
      {`. ${tKeys.grants.rotatesHelp}`}
    </Text>
  );
}
