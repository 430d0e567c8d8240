import { Group } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { answerOf, api } from '../api/client';
import { MoreOfRow } from '../components/more';
import { onDemand } from '../components/on-demand';
import { RowButton } from '../components/row-button';
import { ProblemAlert } from '../components/problem-alert';
import type { ReviewedKey } from '../components/review-words';
import { tKeys, tReview, tStaff } from '../strings/strings';
import { useDone } from './done';

const words = tStaff.keys;

const EditKeyDialog = onDemand(async () => (await import('./edit-key-dialog')).EditKeyDialog);
const SuspendDialog = onDemand(async () => (await import('../components/suspend-dialog')).SuspendDialog);

/** What staff do with anybody's key. */
export function KeyActions({
  of: { id, name, status },
  onRevoke,
}: {
  of: ReviewedKey;
  onRevoke: () => void;
}) {
  const [dialog, setDialog] = useState<'edit' | 'suspend'>();
  const params = { path: { id } };
  const close = () => setDialog(undefined);
  const done = useDone(close);
  const resuming = useMutation({
    mutationFn: () => answerOf(api.POST('/api/admin/access-keys/{id}/resume/', { params })),
    onSuccess: done,
  });
  const suspend = async (body: { until?: string }) => {
    await answerOf(api.POST('/api/admin/access-keys/{id}/suspend/', { params, body }));
    await done();
  };
  return (
    <>
      <Group gap={6} justify="flex-end" wrap="nowrap">
        <RowButton danger onClick={onRevoke}>
          {tReview.revoke}
        </RowButton>
        <MoreOfRow
          label={words.more(name)}
          items={[
            { label: words.edit, onClick: () => setDialog('edit') },
            status === 'suspended'
              ? { label: tKeys.resume.verb, onClick: () => resuming.mutate() }
              : { label: tKeys.suspend.verb, onClick: () => setDialog('suspend') },
          ]}
        />
      </Group>
      <ProblemAlert error={resuming.error} />
      {dialog === 'edit' && <EditKeyDialog id={id} onClose={close} />}
      {dialog === 'suspend' && <SuspendDialog name={name} suspend={suspend} onClose={close} />}
    </>
  );
}
