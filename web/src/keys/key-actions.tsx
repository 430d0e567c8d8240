import { Button, Group } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { answerOf, api } from '../api/client';
import { isDead } from '../components/key-status';
import { ProblemAlert } from '../components/problem-alert';
import { tKeys } from '../strings/strings';
import type { AccessKey } from './queries';

const RevokeDialog = lazy(async () => ({ default: (await import('./revoke-dialog')).RevokeDialog }));
const RotateDialog = lazy(async () => ({ default: (await import('./rotate-dialog')).RotateDialog }));
const SuspendDialog = lazy(async () => ({
  default: (await import('../components/suspend-dialog')).SuspendDialog,
}));

/** What can be done with a key as it stands. */
export function KeyActions({ of: key, compact = false }: { of: AccessKey; compact?: boolean }) {
  const queryClient = useQueryClient();
  const [dialog, setDialog] = useState<'rotate' | 'suspend' | 'revoke'>();
  const refresh = () => queryClient.invalidateQueries({ queryKey: ['keys'] });
  const resuming = useMutation({
    mutationFn: () =>
      answerOf(api.POST('/api/auth/access-keys/{id}/resume/', { params: { path: { id: key.id } } })),
    onSettled: refresh,
  });
  const suspend = (body: { until?: string }) =>
    answerOf(api.POST('/api/auth/access-keys/{id}/suspend/', { params: { path: { id: key.id } }, body }));
  const close = () => {
    setDialog(undefined);
    void refresh();
  };
  const look = compact
    ? ({ size: 'compact-sm', variant: 'subtle' } as const)
    : ({ variant: 'default' } as const);
  // A dialog that is open stays so until it is closed: what it is about may be over by then.
  if (isDead(key) && dialog === undefined) return null;
  const rotatable =
    key.status === 'active' || key.status === 'blocked' || (key.status === 'superseded' && !key.retires_at);
  return (
    <>
      <Group gap={compact ? 2 : 'sm'} wrap={compact ? 'nowrap' : 'wrap'} justify="flex-end">
        {rotatable && (
          <Button {...look} onClick={() => setDialog('rotate')}>
            {tKeys.rotate.verb}
          </Button>
        )}
        {key.status === 'suspended' ? (
          <Button {...look} loading={resuming.isPending} onClick={() => resuming.mutate()}>
            {tKeys.resume.verb}
          </Button>
        ) : (
          !isDead(key) && (
            <Button {...look} onClick={() => setDialog('suspend')}>
              {tKeys.suspend.verb}
            </Button>
          )
        )}
        {!isDead(key) && (
          <Button {...look} className="danger" onClick={() => setDialog('revoke')}>
            {tKeys.revoke.verb}
          </Button>
        )}
      </Group>
      <ProblemAlert error={resuming.error} />
      <Suspense>
        {dialog === 'rotate' && <RotateDialog of={key} onClose={close} />}
        {dialog === 'suspend' && <SuspendDialog name={key.name} suspend={suspend} onClose={close} />}
        {dialog === 'revoke' && <RevokeDialog of={key} onClose={close} />}
      </Suspense>
    </>
  );
}
