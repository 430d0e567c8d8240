import { Checkbox, Text, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { answerOf, api } from '../api/client';
import { Confirm } from '../components/confirm';
import type { ReviewedKey } from '../components/review-words';
import { tReview, tStaff } from '../strings/strings';
import { useDone } from './done';

const words = tStaff.keys;

/** Ends any key for good, with what was made through it if so wanted. */
export function RevokeDialog({ of: key, onClose }: { of: ReviewedKey; onClose: () => void }) {
  const [reason, setReason] = useState('');
  const [made, setMade] = useState(false);
  const revoking = useMutation({
    mutationFn: () =>
      answerOf(
        api.POST('/api/admin/access-keys/{id}/revoke/', {
          params: { path: { id: key.id } },
          body: { ...(reason.trim() && { reason }), ...(made && { include_made: true }) },
        }),
      ),
    onSuccess: useDone(onClose),
  });
  return (
    <Confirm
      title={tReview.revokeTitle(key.name)}
      opened
      onClose={onClose}
      verb={tReview.revoke}
      danger
      onConfirm={() => revoking.mutate()}
      pending={revoking.isPending}
      error={revoking.error}
    >
      <Text size="sm">{tReview.revokeHelp(key.user.email)}</Text>
      <Checkbox
        label={words.made}
        description={words.madeHelp}
        checked={made}
        onChange={({ currentTarget }) => setMade(currentTarget.checked)}
      />
      <TextInput
        label={tReview.reason}
        value={reason}
        onChange={({ currentTarget }) => setReason(currentTarget.value)}
        error={revoking.error?.fields['reason']}
      />
    </Confirm>
  );
}
