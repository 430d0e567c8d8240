import {
  ActionIcon,
  Box,
  Button,
  Code,
  CopyButton,
  Group,
  Paper,
  Stack,
  Tabs,
  Text,
  Title,
} from '@mantine/core';
import { useBlocker } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import type { components } from '../api/schema';
import { tKeys } from '../strings/strings';
import { Confirm } from './confirm';
import { Copy } from './copy';
import { snippets } from './snippets';

interface Props {
  issued: components['schemas']['IssuedKeyAnswer'];
  onClose: () => void;
  /** What is told below it: whether its first call has arrived. */
  children?: ReactNode;
}

/**
 * A key that was just made, whole, this once: copied, tried, and seen to arrive. Leaving before it was copied asks again.
 */
export function NewKey({ issued, onClose, children }: Props) {
  const [copied, setCopied] = useState(false);
  const [closing, setClosing] = useState(false);
  const leaving = useBlocker({
    shouldBlockFn: ({ current, next }) => !copied && current.pathname !== next.pathname,
    enableBeforeUnload: () => !copied,
    withResolver: true,
  });
  const stay = () => {
    setClosing(false);
    if (leaving.status === 'blocked') leaving.reset();
  };
  const leave = () => {
    setClosing(false);
    if (leaving.status === 'blocked') leaving.proceed();
    else onClose();
  };
  return (
    <Paper withBorder p="md" radius="md" className="fresh" component="section" aria-label={tKeys.fresh.title}>
      <Stack gap="sm">
        <Box>
          <Title order={2} size="h4">
            {tKeys.fresh.title}
          </Title>
          <Text size="sm">{tKeys.fresh.once}</Text>
        </Box>
        <Group gap="sm">
          <Code className="secret" fz="md" px="sm" py={6} data-testid="new-key">
            {issued.key}
          </Code>
          <Copy value={issued.key} size="sm" onCopied={() => setCopied(true)} />
        </Group>
        <Snippets secret={issued.key} onCopied={() => setCopied(true)} />
        <Group justify="space-between">
          <div>{children}</div>
          <Button variant="default" onClick={() => (copied ? onClose() : setClosing(true))}>
            {tKeys.fresh.close}
          </Button>
        </Group>
      </Stack>
      <Confirm
        title={tKeys.fresh.closeTitle}
        opened={closing || leaving.status === 'blocked'}
        onClose={stay}
        verb={tKeys.fresh.closeVerb}
        danger
        onConfirm={leave}
      >
        <Text size="sm">{tKeys.fresh.closeHelp}</Text>
      </Confirm>
    </Paper>
  );
}

function Snippets({ secret, onCopied }: { secret: string; onCopied: () => void }) {
  const lines = snippets(location.origin, secret);
  return (
    <Tabs defaultValue="curl" variant="outline" aria-label={tKeys.fresh.lines}>
      <Tabs.List>
        {lines.map(({ language }) => (
          <Tabs.Tab key={language} value={language}>
            {language}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {lines.map(({ language, text }) => (
        <Tabs.Panel key={language} value={language} pt="xs">
          <Group gap="xs" wrap="nowrap" align="flex-start">
            <Code block flex={1} className="snippet" tabIndex={0}>
              {text}
            </Code>
            <CopyButton value={text}>
              {({ copied, copy }) => (
                <ActionIcon
                  variant="default"
                  size="lg"
                  aria-label={`${tKeys.fresh.copyLine}: ${language}`}
                  onClick={() => {
                    copy();
                    onCopied();
                  }}
                >
                  {copied ? '✓' : <CopyIcon />}
                </ActionIcon>
              )}
            </CopyButton>
          </Group>
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}

function CopyIcon() {
  return (
    <svg
      width="16"
      height="16"
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.4"
      aria-hidden="true"
    >
      <rect x="5.5" y="5.5" width="8" height="8" rx="1.5" />
      <path d="M3.5 10.5h-.5a.5.5 0 0 1-.5-.5V3a.5.5 0 0 1 .5-.5h7a.5.5 0 0 1 .5.5v.5" />
    </svg>
  );
}
