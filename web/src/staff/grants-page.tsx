import { Alert, Button, Stack, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { answerOf, api } from '../api/client';
import { Confirm } from '../components/confirm';
import { DotBadge } from '../components/dot-badge';
import { FilterSelect } from '../components/filter-select';
import { Filters } from '../components/filters';
import { changed } from '../components/list-search';
import { ListView } from '../components/list-view';
import { onDemand } from '../components/on-demand';
import { Page } from '../components/page';
import { RowButton } from '../components/row-button';
import { EmptyState } from '../components/states';
import { Time } from '../components/time';
import { tReview, tStaff } from '../strings/strings';
import { OrganizationName, UserName } from './names';
import { type Grant, type GrantSearch, grantsQuery } from './queries';

const GrantDialog = onDemand(async () => (await import('./grant-dialog')).GrantDialog);

const route = getRouteApi('/signed-in/staff/grants');
const words = tStaff.grants;

/** Access keys that were granted, and what became of it. */
export function GrantsPage() {
  const search: GrantSearch = route.useSearch();
  const navigate = route.useNavigate();
  const query = useQuery(grantsQuery(search));
  const [cancelling, setCancelling] = useState<Grant>();
  const [granting, setGranting] = useState(false);
  const go = (next: GrantSearch) => void navigate({ search: next, replace: true });
  return (
    <Page
      title={words.title}
      lead={words.lead}
      actions={<Button onClick={() => setGranting(true)}>{words.grant}</Button>}
    >
      <Stack gap="sm">
        <Filters>
          <FilterSelect
            label={words.status}
            all={words.allStatuses}
            options={words.statuses}
            value={search.status}
            onChange={(status) => go(changed(search, { status }))}
          />
        </Filters>
        <ListView
          label={words.title}
          query={query}
          search={search}
          onSearch={go}
          columns={[
            {
              title: words.key,
              cell: ({ name, reason, rotates }) => (
                <Stack gap={0} maw={320}>
                  <Text size="sm" fw={600} className="one-line">
                    {name}
                  </Text>
                  <Text size="xs" c="dimmed">
                    {reason}
                  </Text>
                  {rotates !== null && (
                    <Text size="xs" c="dimmed">
                      {words.rotates(rotates)}
                    </Text>
                  )}
                </Stack>
              ),
            },
            { title: words.user, cell: ({ user }) => <UserName id={user} /> },
            { title: words.organization, cell: ({ organization }) => <OrganizationName id={organization} /> },
            { title: words.level, cell: ({ access_level }) => tReview.levels[access_level] },
            {
              title: words.status,
              cell: ({ status }) => (
                <DotBadge color={status === 'open' ? 'yellow' : 'gray'}>{words.statuses[status]}</DotBadge>
              ),
            },
            {
              title: words.lapses,
              orderBy: 'expires_at',
              cell: ({ expires_at }) => <Time value={expires_at} />,
            },
            {
              title: words.actions,
              actions: true,
              cell: (grant) =>
                grant.status === 'open' && (
                  <RowButton danger onClick={() => setCancelling(grant)}>
                    {words.cancel}
                  </RowButton>
                ),
            },
          ]}
          nameOf={({ name }) => name}
          keyOf={({ id }) => id}
          quiet={({ status }) => status !== 'open'}
          below={({ redeemed_again_at }) =>
            redeemed_again_at && (
              <Alert color="red" variant="default" title={words.alarm}>
                {words.alarmHelp} <Time value={redeemed_again_at} />
              </Alert>
            )
          }
          empty={<EmptyState title={words.empty} />}
        />
      </Stack>
      {granting && <GrantDialog onClose={() => setGranting(false)} />}
      {cancelling && <CancelDialog of={cancelling} onClose={() => setCancelling(undefined)} />}
    </Page>
  );
}

function CancelDialog({ of: { id, name }, onClose }: { of: Grant; onClose: () => void }) {
  const client = useQueryClient();
  const cancelling = useMutation({
    mutationFn: () =>
      answerOf(api.POST('/api/admin/access-key-grants/{id}/cancel/', { params: { path: { id } } })),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['staff'] });
      onClose();
    },
  });
  return (
    <Confirm
      title={words.cancelTitle(name)}
      opened
      onClose={onClose}
      verb={words.cancel}
      danger
      onConfirm={() => cancelling.mutate()}
      pending={cancelling.isPending}
      error={cancelling.error}
    >
      <Text size="sm">{words.cancelHelp}</Text>
    </Confirm>
  );
}
