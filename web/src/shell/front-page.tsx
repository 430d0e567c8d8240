import { Center, Paper, Stack, Text, Title } from '@mantine/core';
import { type ReactNode, useEffect } from 'react';
import { t } from '../strings/strings';
import { Brand } from './brand';

interface Props {
  title: string;
  /** What the page is for, in a sentence. */
  lead?: string;
  /** Below what the page asks for. */
  below?: string;
  children: ReactNode;
}

/** A page for whoever isn't signed in. */
export function FrontPage({ title, lead, below, children }: Props) {
  useEffect(() => {
    document.title = `${title} · ${t.common.product}`;
  }, [title]);
  return (
    <Center component="main" mih="100vh" p="md">
      <Stack w="100%" maw={400} gap="lg">
        <Stack align="center" gap={6} ta="center">
          <Brand size={36} />
          <Title order={1} mt="sm">
            {title}
          </Title>
          {lead && (
            <Text c="dimmed" className="balanced">
              {lead}
            </Text>
          )}
        </Stack>
        <Paper withBorder p="xl" radius="lg" shadow="sm">
          {children}
        </Paper>
        {below && (
          <Text size="sm" c="dimmed" ta="center" className="balanced">
            {below}
          </Text>
        )}
      </Stack>
    </Center>
  );
}
