import { Button, Group } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answerOf, api } from '../api/client';
import { isDead } from '../components/key-status';
import { onDemand } from '../components/on-demand';
import { ProblemAlert } from '../components/problem-alert';
import { RowButton } from '../components/row-button';
import { tKeys } from '../strings/strings';
import type { AccessKey } from './queries';

const RevokeDialog = onDemand(async () => (await import('./revoke-dialog')).RevokeDialog);
const RotateDialog = onDemand(async () => (await import('./rotate-dialog')).RotateDialog);
const SuspendDialog = onDemand(async () => (await import('../components/suspend-dialog')).SuspendDialog);

interface ActionProps {
  compact: boolean;
  danger?: boolean;
  busy?: boolean;
  onClick: () => void;
  children: string;
}

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
  // A dialog that is open stays so until it is closed: what it is about may be over by then.
  if (isDead(key) && dialog === undefined) return null;
  const rotatable =
    key.status === 'active' || key.status === 'blocked' || (key.status === 'superseded' && !key.retires_at);
  return (
    <>
      <Group gap={compact ? 2 : 'sm'} wrap={compact ? 'nowrap' : 'wrap'} justify="flex-end">
        {rotatable && (
          <Action compact={compact} onClick={() => setDialog('rotate')}>
            {tKeys.rotate.verb}
          </Action>
        )}
        {key.status === 'suspended' ? (
          <Action compact={compact} busy={resuming.isPending} onClick={() => resuming.mutate()}>
            {tKeys.resume.verb}
          </Action>
        ) : (
          !isDead(key) && (
            <Action compact={compact} onClick={() => setDialog('suspend')}>
              {tKeys.suspend.verb}
            </Action>
          )
        )}
        {!isDead(key) && (
          <Action compact={compact} danger onClick={() => setDialog('revoke')}>
            {tKeys.revoke.verb}
          </Action>
        )}
      </Group>
      <ProblemAlert error={resuming.error} />
      {dialog === 'rotate' && <RotateDialog of={key} onClose={close} />}
      {dialog === 'suspend' && <SuspendDialog name={key.name} suspend={suspend} onClose={close} />}
      {dialog === 'revoke' && <RevokeDialog of={key} onClose={close} />}
    </>
  );
}

/** In a row of a list, or beside a heading. */
function Action({ compact, danger = false, busy = false, onClick, children }: ActionProps) {
  return compact ? (
    <RowButton danger={danger} busy={busy} onClick={onClick}>
      {children}
    </RowButton>
  ) : (
    <Button variant="default" className={danger ? 'danger' : ''} loading={busy} onClick={onClick}>
      {children}
    </Button>
  );
}
