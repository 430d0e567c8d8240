import { Checkbox, List, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { answerOf, api } from '../api/client';
import { Confirm } from '../components/confirm';
import { Time } from '../components/time';
import { t } from '../strings/strings';
import { type AccessKey, madeQuery } from './queries';

/** Ends a key for good, after telling what ends with it and when it was last used. */
export function RevokeDialog({ of: key, onClose }: { of: AccessKey; onClose: () => void }) {
  const [reason, setReason] = useState('');
  const [successors, setSuccessors] = useState(false);
  const made = useQuery(madeQuery(key.id));
  const ending = made.data?.filter(({ type }) => type !== 'access_key') ?? [];
  const revoking = useMutation({
    mutationFn: () =>
      answerOf(
        api.POST('/api/auth/access-keys/{id}/revoke/', {
          params: { path: { id: key.id } },
          body: { ...(reason.trim() && { reason }), ...(successors && { include_successors: true }) },
        }),
      ),
    onSuccess: onClose,
  });
  return (
    <Confirm
      title={t.keys.revoke.title(key.name)}
      opened
      onClose={onClose}
      verb={t.keys.revoke.verb}
      danger
      onConfirm={() => revoking.mutate()}
      pending={revoking.isPending}
      error={revoking.error ?? made.error}
    >
      <Text size="sm">{t.keys.revoke.help}</Text>
      <Text size="sm">
        {t.keys.revoke.lastUse} <Time value={key.last_used_at} empty={t.keys.neverUsed} />
        {key.last_used_ip ? ` ${t.keys.from(key.last_used_ip)}` : ''}
      </Text>
      {ending.length > 0 && (
        <>
          <Text size="sm">{t.keys.revoke.ends}</Text>
          <List size="sm">
            {ending.map(({ type, id, name }) => (
              <List.Item key={`${type}-${id}`}>{`${t.keys.key.kinds[type] ?? type}: ${name}`}</List.Item>
            ))}
          </List>
        </>
      )}
      {ending.length === 0 && made.data && (
        <Text size="sm" c="dimmed">
          {t.keys.revoke.endsNothing}
        </Text>
      )}
      {key.replaced_by !== null && (
        <Checkbox
          label={t.keys.revoke.successors}
          checked={successors}
          onChange={({ currentTarget }) => setSuccessors(currentTarget.checked)}
        />
      )}
      <TextInput
        label={t.keys.revoke.reason}
        description={t.keys.revoke.reasonHelp}
        value={reason}
        onChange={({ currentTarget }) => setReason(currentTarget.value)}
        error={revoking.error?.fields['reason']}
      />
    </Confirm>
  );
}
