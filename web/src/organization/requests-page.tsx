import { Button, Group, Select, Stack, Text, Textarea } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { answerOf, api } from '../api/client';
import type { Column } from '../components/data-table';
import { DotBadge } from '../components/dot-badge';
import { FilterSelect } from '../components/filter-select';
import { FormDialog } from '../components/form-dialog';
import { changed } from '../components/list-search';
import { ListView } from '../components/list-view';
import { Page } from '../components/page';
import { EmptyState } from '../components/states';
import { Time } from '../components/time';
import { t } from '../strings/strings';
import { type CurrentOrganization, useOrganization } from './current';
import { Person } from './person';
import { type KeyRequest, type RequestSearch, requestsQuery } from './queries';

const route = getRouteApi('/signed-in/orgs/$orgId/requests');
const words = t.organization.requests;

/** What members asked for, and who decides. */
export function RequestsPage() {
  const organization = useOrganization();
  const search: RequestSearch = route.useSearch();
  const navigate = route.useNavigate();
  const query = useQuery(requestsQuery(organization.id, search));
  const [dialog, setDialog] = useState<{ kind: 'approve' | 'decline'; request: KeyRequest }>();
  const go = (next: RequestSearch) => void navigate({ search: next, replace: true });
  const close = () => setDialog(undefined);
  const columns: readonly Column<KeyRequest>[] = [
    {
      title: words.key,
      orderBy: 'name',
      cell: ({ name, reason }) => (
        <Stack gap={0} maw={360}>
          <Text size="sm" fw={600} className="one-line">
            {name}
          </Text>
          <Text size="xs" c="dimmed">
            {reason}
          </Text>
        </Stack>
      ),
    },
    { title: words.by, cell: ({ user }) => <Person organization={organization} id={user} /> },
    { title: words.level, cell: ({ access_level }) => t.review.levels[access_level] },
    { title: words.expires, orderBy: 'expires_at', cell: ({ expires_at }) => <Time value={expires_at} /> },
    { title: words.asked, orderBy: 'created_at', cell: ({ created_at }) => <Time value={created_at} /> },
    {
      title: words.status,
      cell: ({ status }) => (
        <DotBadge color={status === 'open' ? 'yellow' : 'gray'}>{words.statuses[status] ?? status}</DotBadge>
      ),
    },
    {
      title: words.actions,
      actions: true,
      cell: (request) => {
        if (request.status !== 'open') return null;
        // Nobody decides about what they asked for themselves.
        if (request.user === organization.me.id) return <Text size="sm">{words.own}</Text>;
        return (
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
        );
      },
    },
  ];
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
          columns={columns}
          nameOf={({ name }) => name}
          keyOf={({ id }) => id}
          quiet={({ status }) => status !== 'open'}
          empty={<EmptyState title={words.empty}>{words.emptyHelp}</EmptyState>}
        />
      </Stack>
      {dialog?.kind === 'approve' && (
        <ApproveDialog organization={organization} request={dialog.request} onClose={close} />
      )}
      {dialog?.kind === 'decline' && (
        <DeclineDialog organization={organization} request={dialog.request} onClose={close} />
      )}
    </Page>
  );
}

interface DialogProps {
  organization: CurrentOrganization;
  request: KeyRequest;
  onClose: () => void;
}

function useDecided({ organization, onClose }: DialogProps) {
  const client = useQueryClient();
  return async () => {
    await client.invalidateQueries({ queryKey: ['organization', organization.id] });
    onClose();
  };
}

/** Grants what was asked for, or less of it. */
function ApproveDialog(props: DialogProps) {
  const { organization, request, onClose } = props;
  const [level, setLevel] = useState(request.access_level);
  const [days, setDays] = useState('asked');
  const onSuccess = useDecided(props);
  const earlier = [7, 30, 90].filter((n) => Date.now() + n * 86_400_000 < Date.parse(request.expires_at));
  const approving = useMutation({
    mutationFn: () =>
      answerOf(
        api.POST('/api/orgs/{org_pk}/access-key-requests/{id}/approve/', {
          params: { path: { org_pk: organization.id, id: request.id } },
          body: {
            access_level: level,
            ...(days !== 'asked' && {
              expires_at: new Date(Date.now() + Number(days) * 86_400_000).toISOString(),
            }),
          },
        }),
      ),
    onSuccess,
  });
  return (
    <FormDialog
      title={words.approveTitle(request.name)}
      onClose={onClose}
      verb={words.approve}
      onSubmit={() => approving.mutate()}
      pending={approving.isPending}
      error={approving.error}
    >
      <Text size="sm">{words.approveHelp}</Text>
      <Select
        label={words.level}
        data={Object.entries(t.review.levels)
          .filter(([value]) => value === request.access_level || value === 'read_only')
          .map(([value, label]) => ({ value, label }))}
        value={level}
        allowDeselect={false}
        onChange={(value) => setLevel(value as typeof level)}
      />
      <Select
        label={words.expires}
        data={[
          { value: 'asked', label: words.asAsked },
          ...earlier.map((n) => ({ value: String(n), label: words.inDays(n) })),
        ]}
        value={days}
        allowDeselect={false}
        onChange={(value) => setDays(value ?? 'asked')}
      />
    </FormDialog>
  );
}

/** Refuses a request; whoever asked reads why. */
function DeclineDialog(props: DialogProps) {
  const { organization, request, onClose } = props;
  const [reason, setReason] = useState('');
  const onSuccess = useDecided(props);
  const declining = useMutation({
    mutationFn: () =>
      answerOf(
        api.POST('/api/orgs/{org_pk}/access-key-requests/{id}/decline/', {
          params: { path: { org_pk: organization.id, id: request.id } },
          body: { reason },
        }),
      ),
    onSuccess,
  });
  return (
    <FormDialog
      title={words.declineTitle(request.name)}
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
