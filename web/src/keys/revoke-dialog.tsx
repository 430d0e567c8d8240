import { Checkbox, List, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { answerOf, api } from '../api/client';
import { Confirm } from '../components/confirm';
import { Time } from '../components/time';
import { tKeys } from '../strings/strings';
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
      title={tKeys.revoke.title(key.name)}
      opened
      onClose={onClose}
      verb={tKeys.revoke.verb}
      danger
      onConfirm={() => revoking.mutate()}
      pending={revoking.isPending}
      error={revoking.error ?? made.error}
    >
      <Text size="sm">{tKeys.revoke.help}</Text>
      <Text size="sm">
        {tKeys.revoke.lastUse} <Time value={key.last_used_at} empty={tKeys.neverUsed} />
        {key.last_used_ip ? ` ${tKeys.from(key.last_used_ip)}` : ''}
      </Text>
      {ending.length > 0 && (
        <>
          <Text size="sm">{tKeys.revoke.ends}</Text>
          <List size="sm">
            {ending.map(({ type, id, name }) => (
              <List.Item key={`${type}-${id}`}>{`${tKeys.key.kinds[type]}: ${name}`}</List.Item>
            ))}
          </List>
        </>
      )}
      {ending.length === 0 && made.data && (
        <Text size="sm" c="dimmed">
          {tKeys.revoke.endsNothing}
        </Text>
      )}
      {key.replaced_by !== null && (
        <Checkbox
          label={tKeys.revoke.successors}
          checked={successors}
          onChange={({ currentTarget }) => setSuccessors(currentTarget.checked)}
        />
      )}
      <TextInput
        label={tKeys.revoke.reason}
        description={tKeys.revoke.reasonHelp}
        value={reason}
        onChange={({ currentTarget }) => setReason(currentTarget.value)}
        error={revoking.error?.fields['reason']}
      />
    </Confirm>
  );
}
