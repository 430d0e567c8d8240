import { Group, Paper, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { tAttention } from '../strings/strings';
import classes from './attention-card.module.css';

interface Props {
  title: string;
  help?: string;
  /** How much it matters: red before yellow before blue. */
  weight: 'high' | 'medium' | 'low';
  count: number;
  /** Those that are shown, of all that there are. */
  children: readonly ReactNode[];
  action?: ReactNode;
}

/** One thing that needs the user, which of theirs it is about, and where to go on. */
export function AttentionCard({ title, help, weight, count, children, action }: Props) {
  const hidden = count - children.length;
  return (
    <Paper
      withBorder
      p="lg"
      radius="lg"
      component="section"
      aria-label={title}
      className={classes.card}
      data-weight={weight}
    >
      <Stack gap="xs" h="100%" justify="space-between">
        <div>
          <Title order={2} size="h4">
            {title}
          </Title>
          {help && (
            <Text size="sm" c="dimmed">
              {help}
            </Text>
          )}
          <Stack gap={4} mt="sm">
            {children}
            {hidden > 0 && (
              <Text size="sm" c="dimmed">
                {tAttention.more(hidden)}
              </Text>
            )}
          </Stack>
        </div>
        {action && <Group>{action}</Group>}
      </Stack>
    </Paper>
  );
}
