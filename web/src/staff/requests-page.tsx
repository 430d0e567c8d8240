import { Button, Group, Stack, Text, Textarea } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { answerOf, api } from '../api/client';
import { useMe } from '../api/me';
import { Confirm } from '../components/confirm';
import { DotBadge } from '../components/dot-badge';
import { FilterSelect } from '../components/filter-select';
import { FormDialog } from '../components/form-dialog';
import { changed } from '../components/list-search';
import { ListView } from '../components/list-view';
import { Page } from '../components/page';
import { EmptyState } from '../components/states';
import { Time } from '../components/time';
import { t } from '../strings/strings';
import { OrganizationName, UserName } from './names';
import { type KeyRequest, type RequestSearch, requestsQuery } from './queries';

const route = getRouteApi('/signed-in/staff/requests');
const words = t.staff.requests;

/** What members of all organizations asked for. */
export function StaffRequestsPage() {
  const { user } = useMe();
  const search: RequestSearch = route.useSearch();
  const navigate = route.useNavigate();
  const query = useQuery(requestsQuery(search));
  const [dialog, setDialog] = useState<{ kind: 'approve' | 'decline'; request: KeyRequest }>();
  const go = (next: RequestSearch) => void navigate({ search: next, replace: true });
  const close = () => setDialog(undefined);
  return (
    <Page title={words.title} lead={words.lead}>
      <Stack gap="sm">
        <FilterSelect
          label={words.status}
          all={words.allStatuses}
          options={words.statuses}
          value={search.status}
          onChange={(status) => go(changed(search, { status }))}
        />
        <ListView
          label={words.title}
          query={query}
          search={search}
          onSearch={go}
          columns={[
            {
              title: words.key,
              orderBy: 'name',
              cell: ({ name, reason }) => (
                <Stack gap={0} maw={320}>
                  <Text size="sm" fw={600} className="one-line">
                    {name}
                  </Text>
                  <Text size="xs" c="dimmed">
                    {reason}
                  </Text>
                </Stack>
              ),
            },
            { title: words.by, cell: (request) => <UserName id={request.user} /> },
            { title: words.organization, cell: ({ organization }) => <OrganizationName id={organization} /> },
            { title: words.level, cell: ({ access_level }) => t.review.levels[access_level] },
            {
              title: words.expires,
              orderBy: 'expires_at',
              cell: ({ expires_at }) => <Time value={expires_at} />,
            },
            {
              title: words.status,
              cell: ({ status }) => (
                <DotBadge color={status === 'open' ? 'yellow' : 'gray'}>
                  {words.statuses[status] ?? status}
                </DotBadge>
              ),
            },
            {
              title: words.actions,
              actions: true,
              cell: (request) =>
                request.status === 'open' &&
                request.user !== user.id && (
                  <Group gap={6} justify="flex-end" wrap="nowrap">
                    <Button size="compact-sm" onClick={() => setDialog({ kind: 'approve', request })}>
                      {words.approve}
                    </Button>
                    <Button
                      size="compact-sm"
                      variant="default"
                      onClick={() => setDialog({ kind: 'decline', request })}
                    >
                      {words.decline}
                    </Button>
                  </Group>
                ),
            },
          ]}
          nameOf={({ name }) => name}
          keyOf={({ id }) => id}
          quiet={({ status }) => status !== 'open'}
          empty={<EmptyState title={words.empty} />}
        />
      </Stack>
      {dialog?.kind === 'approve' && <ApproveDialog of={dialog.request} onClose={close} />}
      {dialog?.kind === 'decline' && <DeclineDialog of={dialog.request} onClose={close} />}
    </Page>
  );
}

interface DialogProps {
  of: KeyRequest;
  onClose: () => void;
}

function useDecided(onClose: () => void) {
  const client = useQueryClient();
  return async () => {
    await client.invalidateQueries({ queryKey: ['staff'] });
    onClose();
  };
}

function ApproveDialog({ of: { id, name }, onClose }: DialogProps) {
  const approving = useMutation({
    mutationFn: () =>
      answerOf(
        api.POST('/api/admin/access-key-requests/{id}/approve/', { params: { path: { id } }, body: {} }),
      ),
    onSuccess: useDecided(onClose),
  });
  return (
    <Confirm
      title={words.approveTitle(name)}
      opened
      onClose={onClose}
      verb={words.approve}
      onConfirm={() => approving.mutate()}
      pending={approving.isPending}
      error={approving.error}
    >
      <Text size="sm">{words.approveHelp}</Text>
    </Confirm>
  );
}

function DeclineDialog({ of: { id, name }, onClose }: DialogProps) {
  const [reason, setReason] = useState('');
  const declining = useMutation({
    mutationFn: () =>
      answerOf(
        api.POST('/api/admin/access-key-requests/{id}/decline/', {
          params: { path: { id } },
          body: { reason },
        }),
      ),
    onSuccess: useDecided(onClose),
  });
  return (
    <FormDialog
      title={words.declineTitle(name)}
      onClose={onClose}
      verb={words.decline}
      onSubmit={() => declining.mutate()}
      pending={declining.isPending}
      error={declining.error}
      fields={['reason']}
    >
      <Textarea
        label={words.reason}
        description={words.reasonHelp}
        required
        withAsterisk={false}
        autosize
        minRows={2}
        value={reason}
        onChange={({ currentTarget }) => setReason(currentTarget.value)}
        error={declining.error?.fields['reason']}
      />
    </FormDialog>
  );
}
