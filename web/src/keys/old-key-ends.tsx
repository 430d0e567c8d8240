import { Paper, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { isDead } from '../components/key-status';
import { Time, useNow } from '../components/time';
import { programOf } from '../components/program';
import { tKeys } from '../strings/strings';
import { type AccessKey, keyQuery } from './queries';

/** How often the old key is looked at, in milliseconds. */
const LOOK_EVERY = 3000;

/** A key that is being replaced: where it is still used, and when it ends. */
export function OldKeyEnds({ id }: { id: number }) {
  const { data: key } = useQuery({
    ...keyQuery(id),
    refetchInterval: ({ state }) => (state.data && isDead(state.data) ? false : LOOK_EVERY),
  });
  if (!key) return null;
  return (
    <Paper withBorder p="md" radius="md" component="section" aria-label={tKeys.rotate.move}>
      <Stack gap={6}>
        <Title order={2} size="h4">
          {tKeys.rotate.moveHelp}
        </Title>
        <Text size="sm">
          {key.last_used_at ? (
            <>
              {tKeys.rotate.oldUse} <Time value={key.last_used_at} />
              {key.last_used_ip ? ` ${tKeys.from(key.last_used_ip)}` : ''}
              {key.last_used_user_agent ? `, ${programOf(key.last_used_user_agent)}` : ''}.
            </>
          ) : (
            tKeys.rotate.oldUnused
          )}
        </Text>
        <Text size="sm" fw={600} role="status">
          <End of={key} />
        </Text>
      </Stack>
    </Paper>
  );
}

function End({ of: key }: { of: AccessKey }) {
  const now = useNow(1);
  if (isDead(key)) return <>{tKeys.rotate.ended}</>;
  if (!key.retires_at) {
    const grace = key.grace_seconds ?? 0;
    return (
      <>
        {tKeys.rotate.untilFirstUse(grace === 0 ? tKeys.rotate.atOnce : tKeys.rotate.after(lasting(grace)))}
      </>
    );
  }
  const left = Math.max(0, Math.round((new Date(key.retires_at).getTime() - now.getTime()) / 1000));
  return <>{left === 0 ? tKeys.rotate.ended : tKeys.rotate.endsIn(lasting(left))}</>;
}

/** A span of time: `1 h 5 min`, `42 s`. */
function lasting(seconds: number): string {
  const parts: [number, string][] = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ];
  const told = parts.filter(([count]) => count > 0).slice(0, 2);
  return told.map(([count, unit]) => `${count} ${unit}`).join(' ');
}
