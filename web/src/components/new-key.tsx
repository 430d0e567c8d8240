import { ActionIcon, Box, Button, Code, Group, Paper, Stack, Tabs, Text, Title } from '@mantine/core';
import { useBlocker } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import type { components } from '../api/schema';
import { t, tKeys } from '../strings/strings';
import { Confirm } from './confirm';
import { Copy } from './copy';
import { snippets } from './snippets';
import { useCopy } from './use-copy';

interface Props {
  issued: components['schemas']['IssuedKeyAnswer'];
  onClose: () => void;
  /** What is told below it: whether its first call has arrived. */
  children?: ReactNode;
}

/** Those that were copied; known as well when one is shown in another place, as in its row once the list has it. */
const COPIED = new WeakSet<Props['issued']>();

/**
 * A key that was just made, whole, this once: copied, tried, and seen to arrive. Leaving before it was copied asks again.
 */
export function NewKey({ issued, onClose, children }: Props) {
  const isCopied = () => COPIED.has(issued);
  const onCopied = () => void COPIED.add(issued);
  const [closing, setClosing] = useState(false);
  const leaving = useBlocker({
    shouldBlockFn: ({ current, next }) => !isCopied() && current.pathname !== next.pathname,
    enableBeforeUnload: () => !isCopied(),
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
          <Copy value={issued.key} size="sm" onCopied={onCopied} />
        </Group>
        <Snippets secret={issued.key} onCopied={onCopied} />
        <Group justify="space-between">
          <div>{children}</div>
          <Button variant="default" onClick={() => (isCopied() ? onClose() : setClosing(true))}>
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
            <CopyLine text={text} label={`${tKeys.fresh.copyLine}: ${language}`} onCopied={onCopied} />
          </Group>
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}

function CopyLine({ text, label, onCopied }: { text: string; label: string; onCopied: () => void }) {
  const [state, copy] = useCopy(text, onCopied);
  const refused = state === 'refused';
  return (
    <ActionIcon
      variant="default"
      size="lg"
      aria-label={refused ? t.common.copyByHand : label}
      title={refused ? t.common.copyByHand : undefined}
      onClick={() => void copy()}
    >
      {state === 'copied' ? '✓' : refused ? '!' : <CopyIcon />}
    </ActionIcon>
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
