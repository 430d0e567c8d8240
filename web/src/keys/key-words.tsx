import { Group, Stack, Text } from '@mantine/core';
import { useMe } from '../api/me';
import { DotBadge } from '../components/dot-badge';
import { STATUS_COLOURS } from '../components/key-status';
import { programOf } from '../components/program';
import { Time } from '../components/time';
import { tKeys } from '../strings/strings';
import type { AccessKey } from './queries';

/** The one status of a key, and on hover what to do about it. */
export function KeyStatus({ status }: Pick<AccessKey, 'status'>) {
  return (
    <DotBadge color={STATUS_COLOURS[status]} title={tKeys.advice[status]}>
      {tKeys.statuses[status]}
    </DotBadge>
  );
}

/** The name of an organization of the user's. */
export function OrganizationName({ id }: { id: number | null }) {
  const me = useMe();
  if (id === null) return <>{tKeys.userWide}</>;
  return <>{me.organizations.find((organization) => organization.id === id)?.name ?? `#${id}`}</>;
}

/** When a key was last used, and from where. */
export function LastUse({
  of: { last_used_at, last_used_ip, last_used_user_agent },
}: {
  of: Pick<AccessKey, 'last_used_at' | 'last_used_ip' | 'last_used_user_agent'>;
}) {
  if (!last_used_at) return <>{tKeys.neverUsed}</>;
  return (
    <Stack gap={0}>
      <Time value={last_used_at} />
      {last_used_ip && (
        <Text size="xs" c="dimmed" className="one-line" maw={240} title={last_used_user_agent ?? undefined}>
          {tKeys.from(last_used_ip)}
          {last_used_user_agent ? ` · ${programOf(last_used_user_agent)}` : ''}
        </Text>
      )}
    </Stack>
  );
}

/** Through what a key was issued; on hover, through which. */
export function IssuedThrough({ via }: { via: string }) {
  const [kind = ''] = via.split(':');
  return <span title={via}>{tKeys.key.ways[kind] ?? via}</span>;
}

/** Term and value, in a row. */
export function Fact({ term, children }: { term: string; children: React.ReactNode }) {
  return (
    <Group gap="xs" wrap="nowrap" align="baseline">
      <Text component="dt" size="sm" c="dimmed" w={150} flex="none">
        {term}
      </Text>
      <Text component="dd" size="sm" m={0} miw={0} style={{ overflowWrap: 'anywhere' }}>
        {children}
      </Text>
    </Group>
  );
}
