import { Button, Group, Modal, Select, Stack, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useAttempt } from '../api/attempt';
import { answerOf, api } from '../api/client';
import { NewKey, useMakingKey } from '../components/making-key';
import { ProblemAlert } from '../components/problem-alert';
import { t, tKeys } from '../strings/strings';
import { FirstCall } from './first-call';
import type { AccessKey } from './queries';
import { OldKeyEnds } from './old-key-ends';

const USUAL_GRACE = 86_400;

/** Replaces a key step by step: the new one, where the old one is still used, and when it ends. */
export function RotateDialog({ of: key, onClose }: { of: AccessKey; onClose: () => void }) {
  const [grace, setGrace] = useState(String(USUAL_GRACE));
  const client = useQueryClient();
  const attemptOf = useAttempt<{ grace_seconds: number }>();
  const rotate = () => {
    const { body, header } = attemptOf(grace, () => ({ grace_seconds: Number(grace) }));
    const params = { path: { id: key.id }, header };
    return answerOf(api.POST('/api/auth/access-keys/{id}/rotate/', { params, body }));
  };
  const rotating = useMakingKey(rotate, {
    onError: () => client.invalidateQueries({ queryKey: ['keys'] }),
  });
  const { data: issued, isPending } = rotating;
  const held = isPending || issued !== undefined;
  return (
    <Modal
      opened
      onClose={onClose}
      title={tKeys.rotate.title(key.name)}
      size="xl"
      // Nobody closes it over a key that is on its way; and once that is shown, only its own button does: it asks.
      withCloseButton={!held}
      closeOnEscape={!held}
      closeOnClickOutside={!held}
      closeButtonProps={{ 'aria-label': t.common.close }}
    >
      {issued ? (
        <Stack>
          <NewKey issued={issued} onClose={onClose}>
            <FirstCall id={issued.id} />
          </NewKey>
          <OldKeyEnds id={key.id} />
        </Stack>
      ) : (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            rotating.mutate();
          }}
        >
          <Stack>
            <Text size="sm">{tKeys.rotate.help}</Text>
            <Select
              label={tKeys.rotate.grace}
              data={tKeys.rotate.graces.map(({ seconds, label }) => ({ value: String(seconds), label }))}
              value={grace}
              allowDeselect={false}
              onChange={(value) => setGrace(value ?? String(USUAL_GRACE))}
            />
            <ProblemAlert error={rotating.error} />
            <Group justify="flex-end">
              <Button variant="default" disabled={isPending} onClick={onClose}>
                {t.common.cancel}
              </Button>
              <Button type="submit" loading={isPending}>
                {tKeys.rotate.submit}
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </Modal>
  );
}
