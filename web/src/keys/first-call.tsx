import { Group, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { programOf } from '../components/program';
import { tKeys } from '../strings/strings';
import { keyQuery } from './queries';

/** How often the first call is looked for, in milliseconds. */
const LOOK_EVERY = 2000;

/** Tells when the first call with a key has arrived. */
export function FirstCall({ id }: { id: number }) {
  const { data } = useQuery({
    ...keyQuery(id),
    refetchInterval: ({ state }) => (state.data?.last_used_at ? false : LOOK_EVERY),
  });
  if (!data?.last_used_at) {
    return (
      <Text size="sm" c="dimmed" role="status">
        {tKeys.fresh.waiting}
      </Text>
    );
  }
  const { last_used_ip, last_used_user_agent } = data;
  return (
    <Group gap={6} role="status">
      <Text size="sm" fw={600} className="good">
        ✓ {tKeys.fresh.received}
      </Text>
      {last_used_ip && (
        <Text size="sm" c="dimmed">
          {tKeys.fresh.receivedFrom(last_used_ip, programOf(last_used_user_agent ?? ''))}
        </Text>
      )}
    </Group>
  );
}
