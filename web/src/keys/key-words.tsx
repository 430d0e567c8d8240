import { Badge, Group, Stack, Text, Tooltip } from '@mantine/core';
import { useMe } from '../api/me';
import { Time } from '../components/time';
import { t } from '../strings/strings';
import type { AccessKey } from './queries';

const COLOURS: Record<string, string> = {
  active: 'teal',
  superseded: 'yellow',
  suspended: 'orange',
  blocked: 'red',
  expired: 'gray',
  revoked: 'gray',
};

/** The one status of a key, and on hover what to do about it. */
export function KeyStatus({ status }: { status: string }) {
  return (
    <Tooltip label={t.keys.advice[status]} maw={280}>
      <Badge
        className="status"
        data-status={status}
        color={COLOURS[status] ?? 'gray'}
        variant="dot"
        tt="none"
      >
        {t.keys.statuses[status] ?? status}
      </Badge>
    </Tooltip>
  );
}

/** The name of an organization of the user's. */
export function OrganizationName({ id }: { id: number | null }) {
  const me = useMe();
  if (id === null) return <>{t.keys.userWide}</>;
  return <>{me.organizations.find((organization) => organization.id === id)?.name ?? `#${id}`}</>;
}

/** When a key was last used, and from where. */
export function LastUse({
  of: { last_used_at, last_used_ip, last_used_user_agent },
}: {
  of: Pick<AccessKey, 'last_used_at' | 'last_used_ip' | 'last_used_user_agent'>;
}) {
  if (!last_used_at) return <>{t.keys.neverUsed}</>;
  return (
    <Stack gap={0}>
      <Time value={last_used_at} />
      {last_used_ip && (
        <Tooltip label={last_used_user_agent ?? ''} disabled={!last_used_user_agent} maw={360}>
          <Text size="xs" c="dimmed" className="one-line" maw={200}>
            {t.keys.from(last_used_ip)}
            {last_used_user_agent ? ` · ${last_used_user_agent}` : ''}
          </Text>
        </Tooltip>
      )}
    </Stack>
  );
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
