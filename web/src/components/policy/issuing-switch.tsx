import { Alert, Button, Group, Text } from '@mantine/core';
import { useState } from 'react';
import type { Problem } from '../../api/problem';
import { tPolicy } from '../../strings/strings';
import { Confirm } from '../confirm';

const words = tPolicy;

interface Props {
  stopped: boolean;
  may: boolean;
  /** For whom issuing is stopped: one organization, or everybody. */
  reach: 'organization' | 'everybody';
  pending: boolean;
  error: Problem | null;
  onOpen: () => void;
  onChange: (stopped: boolean, done: () => void) => void;
}

/** Stops every new key at once, and lets it begin again. */
export function IssuingSwitch({ stopped, may, reach, pending, error, onOpen, onChange }: Props) {
  const [asks, setAsks] = useState(false);
  const said = words.issuing[reach];
  if (!may && !stopped) return null;
  return (
    <>
      <Alert
        role={stopped ? 'alert' : 'note'}
        color={stopped ? 'red' : 'gray'}
        title={stopped ? said.stopped : said.allowed}
        variant={stopped ? 'light' : 'default'}
        radius="lg"
      >
        <Group justify="space-between">
          <Text size="sm" flex="1 1 18rem">
            {stopped ? words.stoppedHelp : words.issuingHelp}
          </Text>
          {may && (
            <Button
              variant="default"
              onClick={() => {
                onOpen();
                setAsks(true);
              }}
            >
              {stopped ? said.allow : said.stop}
            </Button>
          )}
        </Group>
      </Alert>
      <Confirm
        title={stopped ? said.allowTitle : said.stopTitle}
        opened={asks}
        onClose={() => setAsks(false)}
        verb={stopped ? said.allow : said.stop}
        danger={!stopped}
        pending={pending}
        error={error}
        onConfirm={() => onChange(!stopped, () => setAsks(false))}
      >
        <Text size="sm">{stopped ? said.allowHelp : said.stopHelp}</Text>
      </Confirm>
    </>
  );
}
