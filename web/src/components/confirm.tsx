import { Button, Group, Stack } from '@mantine/core';
import type { ReactNode } from 'react';
import { t } from '../strings/strings';
import { Dialog } from './dialog';
import { ProblemAlert } from './problem-alert';

interface Props {
  title: string;
  opened: boolean;
  onClose: () => void;
  /** What the button that does it says: a verb. */
  verb: string;
  onConfirm: () => void;
  danger?: boolean;
  pending?: boolean;
  disabled?: boolean;
  error?: unknown;
  children?: ReactNode;
}

/** Asks before something is done: what will happen, the verb, and a way out. A refusal is told here, and nothing is lost. */
export function Confirm({
  title,
  opened,
  onClose,
  verb,
  onConfirm,
  danger,
  pending,
  disabled,
  error,
  children,
}: Props) {
  return (
    <Dialog opened={opened} onClose={onClose} title={title}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onConfirm();
        }}
      >
        <Stack>
          {children}
          <ProblemAlert error={error} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t.common.cancel}
            </Button>
            <Button type="submit" color={danger ? 'red.8' : undefined} loading={pending} disabled={disabled}>
              {verb}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
