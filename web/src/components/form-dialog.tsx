import { Button, Group, Stack } from '@mantine/core';
import type { ReactNode } from 'react';
import { t } from '../strings/strings';
import { Dialog } from './dialog';
import { ProblemAlert } from './problem-alert';

interface Props {
  title: string;
  onClose: () => void;
  /** What the button that does it says: a verb. */
  verb: string;
  onSubmit: () => void;
  pending: boolean;
  error: unknown;
  /** The fields that show their own messages. */
  fields?: readonly string[];
  disabled?: boolean;
  size?: string;
  children: ReactNode;
}

/** Asks for what something needs. A refusal is told here, and nothing that was typed is lost. */
export function FormDialog({
  title,
  onClose,
  verb,
  onSubmit,
  pending,
  error,
  fields = [],
  disabled = false,
  size,
  children,
}: Props) {
  return (
    <Dialog opened onClose={onClose} title={title} size={size ?? 'md'}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onSubmit();
        }}
      >
        <Stack>
          {children}
          <ProblemAlert error={error} shown={fields} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t.common.cancel}
            </Button>
            <Button type="submit" loading={pending} disabled={disabled}>
              {verb}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
