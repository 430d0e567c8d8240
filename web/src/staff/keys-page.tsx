import { Button, Checkbox, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { answerOf, api } from '../api/client';
import { Confirm } from '../components/confirm';
import { downloadOf } from '../components/download';
import { Page } from '../components/page';
import { ReviewList } from '../components/review-list';
import type { ReviewedKey } from '../components/review-words';
import { EmptyState } from '../components/states';
import { t } from '../strings/strings';
import { OrganizationName } from './names';
import { reviewQuery, type ReviewSearch } from './queries';

const route = getRouteApi('/signed-in/staff/keys');
const words = t.staff.keys;

/** All access keys, reviewed. */
export function StaffKeysPage() {
  const search: ReviewSearch = route.useSearch();
  const navigate = route.useNavigate();
  const query = useQuery(reviewQuery(search));
  const [revoking, setRevoking] = useState<ReviewedKey>();
  return (
    <Page
      title={words.title}
      lead={words.lead}
      actions={
        <Button
          component="a"
          variant="default"
          href={downloadOf('/api/admin/access-keys/review/', 'csv', search)}
          download
        >
          {t.review.csv}
        </Button>
      }
    >
      <ReviewList
        label={words.title}
        query={query}
        search={search}
        onSearch={(next) => void navigate({ search: next, replace: true })}
        who={[
          { title: t.review.user, cell: ({ user }) => user.email },
          {
            title: t.review.organization,
            cell: ({ organization }) => <OrganizationName id={organization} />,
          },
        ]}
        onRevoke={setRevoking}
        empty={<EmptyState title={words.empty} />}
      />
      {revoking && <RevokeDialog of={revoking} onClose={() => setRevoking(undefined)} />}
    </Page>
  );
}

/** Ends any key for good, with what was made through it if so wanted. */
function RevokeDialog({ of: key, onClose }: { of: ReviewedKey; onClose: () => void }) {
  const client = useQueryClient();
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
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['staff'] });
      onClose();
    },
  });
  return (
    <Confirm
      title={t.review.revokeTitle(key.name)}
      opened
      onClose={onClose}
      verb={t.review.revoke}
      danger
      onConfirm={() => revoking.mutate()}
      pending={revoking.isPending}
      error={revoking.error}
    >
      <Text size="sm">{t.review.revokeHelp(key.user.email)}</Text>
      <Checkbox
        label={words.made}
        description={words.madeHelp}
        checked={made}
        onChange={({ currentTarget }) => setMade(currentTarget.checked)}
      />
      <TextInput
        label={t.review.reason}
        value={reason}
        onChange={({ currentTarget }) => setReason(currentTarget.value)}
        error={revoking.error?.fields['reason']}
      />
    </Confirm>
  );
}
