import { Badge, Group, Stack, Text } from '@mantine/core';
import type { components } from '../api/schema';
import { t } from '../strings/strings';
import { DotBadge } from './dot-badge';

export type ReviewedKey = components['schemas']['ReviewedKeyAnswer'];

const COLOURS: Readonly<Record<ReviewedKey['status'], string>> = {
  active: 'teal',
  superseded: 'yellow',
  suspended: 'orange',
  blocked: 'red',
  expired: 'gray',
  revoked: 'gray',
};

/** The one status of a key. */
export function ReviewedStatus({ status }: Pick<ReviewedKey, 'status'>) {
  return <DotBadge color={COLOURS[status]}>{t.review.statuses[status]}</DotBadge>;
}

/** What is wrong about a key, each in two words. */
export function Breaches({ breaches }: Pick<ReviewedKey, 'breaches'>) {
  if (breaches.length === 0) return <Text size="sm">{t.review.fine}</Text>;
  return (
    <Group gap={4} maw={260}>
      {breaches.map((breach) => (
        <Badge key={breach} variant="default" tt="none" fw={500} title={t.review.breachHelp[breach]}>
          {t.review.breaches[breach]}
        </Badge>
      ))}
    </Group>
  );
}

/** A key by its name and its public first half. */
export function KeyName({ name, prefix }: Pick<ReviewedKey, 'name' | 'prefix'>) {
  return (
    <Stack gap={0} maw={240}>
      <Text size="sm" fw={600} className="one-line">
        {name}
      </Text>
      <Text size="xs" c="dimmed" ff="monospace">
        {prefix}
      </Text>
    </Stack>
  );
}

/** Whether a key is dead for good. */
export const isDead = ({ status }: Pick<ReviewedKey, 'status'>): boolean =>
  status === 'revoked' || status === 'expired';
