import { Button, Group, Menu } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { answerOf, api } from '../api/client';
import { ProblemAlert } from '../components/problem-alert';
import type { ReviewedKey } from '../components/review-words';
import { tKeys, tReview, tStaff } from '../strings/strings';
import { useDone } from './done';

const words = tStaff.keys;

const EditKeyDialog = lazy(async () => ({ default: (await import('./edit-key-dialog')).EditKeyDialog }));
const SuspendDialog = lazy(async () => ({
  default: (await import('../components/suspend-dialog')).SuspendDialog,
}));

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
        <Menu position="bottom-end">
          <Menu.Target>
            <Button size="compact-sm" variant="default" aria-label={words.more(name)}>
              …
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item onClick={() => setDialog('edit')}>{words.edit}</Menu.Item>
            {status === 'suspended' ? (
              <Menu.Item onClick={() => resuming.mutate()}>{tKeys.resume.verb}</Menu.Item>
            ) : (
              <Menu.Item onClick={() => setDialog('suspend')}>{tKeys.suspend.verb}</Menu.Item>
            )}
          </Menu.Dropdown>
        </Menu>
        <Button size="compact-sm" variant="default" onClick={onRevoke}>
          {tReview.revoke}
        </Button>
      </Group>
      <ProblemAlert error={resuming.error} />
      <Suspense>
        {dialog === 'edit' && <EditKeyDialog id={id} onClose={close} />}
        {dialog === 'suspend' && <SuspendDialog name={name} suspend={suspend} onClose={close} />}
      </Suspense>
    </>
  );
}
