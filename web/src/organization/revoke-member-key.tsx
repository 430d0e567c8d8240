import { Text, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answerOf, api } from '../api/client';
import { Confirm } from '../components/confirm';
import type { ReviewedKey } from '../components/review-words';
import { Time } from '../components/time';
import { tReview } from '../strings/strings';
import type { CurrentOrganization } from './current';

interface Props {
  organization: CurrentOrganization;
  of: ReviewedKey;
  onClose: () => void;
}

/** Ends a member's key for good. */
export function RevokeMemberKeyDialog({ organization, of: key, onClose }: Props) {
  const client = useQueryClient();
  const [reason, setReason] = useState('');
  const revoking = useMutation({
    mutationFn: () =>
      answerOf(
        api.POST('/api/orgs/{org_pk}/access-keys/{id}/revoke/', {
          params: { path: { org_pk: organization.id, id: key.id } },
          body: { ...(reason.trim() && { reason }) },
        }),
      ),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['organization', organization.id] });
      onClose();
    },
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
      <Text size="sm">
        {tReview.lastUse}: <Time value={key.last_used_at} />
      </Text>
      <TextInput
        label={tReview.reason}
        description={tReview.reasonHelp}
        value={reason}
        onChange={({ currentTarget }) => setReason(currentTarget.value)}
        error={revoking.error?.fields['reason']}
      />
    </Confirm>
  );
}
