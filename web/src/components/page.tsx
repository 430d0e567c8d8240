import { Box, Group, Stack, Text, Title } from '@mantine/core';
import { type ReactNode, useEffect } from 'react';
import { t } from '../strings/strings';

interface Props {
  title: ReactNode;
  /** What the tab is called where the title is more than text. */
  name?: string;
  /** What the page is for, in a sentence. */
  lead?: ReactNode;
  /** The link to the page that this one is a part of. */
  back?: ReactNode;
  /** What can be done here; the most important thing last. */
  actions?: ReactNode;
  children: ReactNode;
}

/** A page: its heading, what can be done on it, and its content. */
export function Page({ title, name, lead, back, actions, children }: Props) {
  const called = name ?? (typeof title === 'string' ? title : t.common.product);
  useEffect(() => {
    document.title = `${called} · ${t.common.product}`;
  }, [called]);
  return (
    <Stack gap="lg">
      <Stack gap="sm">
        {back}
        <Group justify="space-between" align="flex-start" gap="md">
          <Box flex="1 1 20rem" miw={0}>
            <Title order={1}>{title}</Title>
            {lead && (
              <Text c="dimmed" mt={4} maw={860}>
                {lead}
              </Text>
            )}
          </Box>
          {actions && <Group gap="sm">{actions}</Group>}
        </Group>
      </Stack>
      {children}
    </Stack>
  );
}
