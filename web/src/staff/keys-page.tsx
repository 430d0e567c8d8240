import { Button, Checkbox, Group, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { answerOf, api } from '../api/client';
import { Confirm } from '../components/confirm';
import { downloadOf } from '../components/download';
import { FilterSelect } from '../components/filter-select';
import { changed } from '../components/list-search';
import { ListView } from '../components/list-view';
import { Page } from '../components/page';
import { Breaches, isDead, KeyName, type ReviewedKey, ReviewedStatus } from '../components/review-words';
import { SearchInput } from '../components/search-input';
import { EmptyState } from '../components/states';
import { Time } from '../components/time';
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
  const go = (next: ReviewSearch) => void navigate({ search: next, replace: true });
  const set = (change: ReviewSearch) => go(changed(search, change));
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
          {words.csv}
        </Button>
      }
    >
      <Stack gap="sm">
        <Group gap="sm">
          <SearchInput
            value={search.search}
            placeholder={words.searchKeys}
            onSearch={(text) => set({ search: text })}
          />
          <FilterSelect
            label={words.review}
            all={words.allBreaches}
            options={t.review.breaches}
            value={search.breach}
            onChange={(breach) => set({ breach })}
            w={220}
          />
          <FilterSelect
            label={words.status}
            all={words.allStatuses}
            options={t.review.statuses}
            value={search.status}
            onChange={(status) => set({ status })}
          />
        </Group>
        <ListView
          label={words.title}
          query={query}
          search={search}
          onSearch={go}
          columns={[
            { title: words.name, orderBy: 'name', cell: KeyName },
            { title: words.user, cell: ({ user }) => user.email },
            { title: words.organization, cell: ({ organization }) => <OrganizationName id={organization} /> },
            { title: words.status, cell: ReviewedStatus },
            { title: words.level, cell: ({ access_level }) => t.review.levels[access_level] },
            {
              title: words.expires,
              orderBy: 'expires_at',
              cell: ({ expires_at }) => <Time value={expires_at} />,
            },
            {
              title: words.lastUse,
              orderBy: 'last_used_at',
              cell: ({ last_used_at }) => <Time value={last_used_at} />,
            },
            { title: words.review, cell: Breaches },
            {
              title: words.actions,
              actions: true,
              cell: (key) =>
                !isDead(key) && (
                  <Button size="compact-sm" variant="default" onClick={() => setRevoking(key)}>
                    {words.revoke}
                  </Button>
                ),
            },
          ]}
          nameOf={({ name }) => name}
          keyOf={({ id }) => id}
          quiet={isDead}
          empty={<EmptyState title={words.empty} />}
        />
      </Stack>
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
      title={words.revokeTitle(key.name)}
      opened
      onClose={onClose}
      verb={words.revoke}
      danger
      onConfirm={() => revoking.mutate()}
      pending={revoking.isPending}
      error={revoking.error}
    >
      <Text size="sm">{words.revokeHelp(key.user.email)}</Text>
      <Checkbox
        label={words.made}
        description={words.madeHelp}
        checked={made}
        onChange={({ currentTarget }) => setMade(currentTarget.checked)}
      />
      <TextInput
        label={words.reason}
        value={reason}
        onChange={({ currentTarget }) => setReason(currentTarget.value)}
        error={revoking.error?.fields['reason']}
      />
    </Confirm>
  );
}
