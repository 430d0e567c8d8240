import { List, Paper, Stack, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { tPolicy } from '../../strings/strings';
import { ProblemAlert } from '../problem-alert';
import type { Governing } from './governing';
import type { Values } from './policy-values';

const words = tPolicy;

/** How long nobody types before keys are judged by what was typed, in milliseconds. */
const PAUSE_MS = 300;

/** The keys that the policy of the form would not allow, saved or not: who is blocked, or would be. */
export function WouldBeBlocked({
  judged,
  values,
  blocks,
}: {
  judged: NonNullable<Governing['judged']>;
  values: Values;
  /** The policy is saved as the form says it, and holds for keys that exist. */
  blocks: boolean;
}) {
  const [[longestLife, longestUnused]] = useDebouncedValue(
    [values.longestLife, values.longestUnused] as const,
    PAUSE_MS,
  );
  const proposed = { longest_key_lifetime_days: longestLife, longest_unused_days: longestUnused ?? 0 };
  const { data, error, refetch } = useQuery({
    queryKey: [...judged.queryKey, 'against-policy', proposed],
    queryFn: () => judged.read(proposed),
    enabled: longestLife > 0,
    placeholderData: keepPreviousData,
  });
  // What the service would not take is told at its field, once it is saved.
  if (error && error.status !== 400) return <ProblemAlert error={error} onRetry={() => void refetch()} />;
  if (!data) return null;
  if (data.count === 0) {
    return (
      <Text size="sm" c="dimmed" role="status">
        {words.nobodyBlocked}
      </Text>
    );
  }
  const more = data.count - data.results.length;
  return (
    <Paper withBorder radius="md" p="md" role="status">
      <Stack gap="xs">
        <Text size="sm" fw={600}>
          {blocks ? words.blocked(data.count) : words.wouldBeBlocked(data.count)}
        </Text>
        <List size="sm">
          {data.results.map(({ id, name, user }) => (
            <List.Item key={id}>{words.keyOf(name, user.email)}</List.Item>
          ))}
        </List>
        {more > 0 && <Text size="sm">{words.more(more)}</Text>}
        {judged.link(proposed)}
      </Stack>
    </Paper>
  );
}
