import { Badge, Group, Stack, Text } from '@mantine/core';
import type { components } from '../api/schema';
import { tReview } from '../strings/strings';
import { DotBadge } from './dot-badge';
import { STATUS_COLOURS } from './key-status';

export type ReviewedKey = components['schemas']['ReviewedKeyAnswer'];

/** The one status of a key. */
export function ReviewedStatus({ status }: Pick<ReviewedKey, 'status'>) {
  return <DotBadge color={STATUS_COLOURS[status]}>{tReview.statuses[status]}</DotBadge>;
}

/** What is wrong about a key, each in two words. */
export function Breaches({ breaches }: Pick<ReviewedKey, 'breaches'>) {
  if (breaches.length === 0) return <Text size="sm">{tReview.fine}</Text>;
  return (
    <Group gap={4} maw={200}>
      {breaches.map((breach) => (
        <Badge key={breach} variant="default" tt="none" fw={500} title={tReview.breachHelp[breach]}>
          {tReview.breaches[breach]}
        </Badge>
      ))}
    </Group>
  );
}

/** A key by its name, its public first half, and what it may do. */
export function KeyName({
  name,
  prefix,
  access_level,
}: Pick<ReviewedKey, 'name' | 'prefix' | 'access_level'>) {
  return (
    <Stack gap={0} maw={240}>
      <Text size="sm" fw={600} className="one-line">
        {name}
      </Text>
      <Text size="xs" c="dimmed">
        <span className="secret">{prefix}</span> · {tReview.levels[access_level]}
      </Text>
    </Stack>
  );
}
