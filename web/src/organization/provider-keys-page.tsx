import { Button, Group, Stack, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { answerOf, api } from '../api/client';
import { Confirm } from '../components/confirm';
import type { Column } from '../components/data-table';
import { DotBadge } from '../components/dot-badge';
import { FilterSelect } from '../components/filter-select';
import { Filters } from '../components/filters';
import { grouped } from '../components/formats';
import { changed } from '../components/list-search';
import { ListView } from '../components/list-view';
import { MoreOfRow } from '../components/more';
import { onDemand } from '../components/on-demand';
import { Page } from '../components/page';
import { RowButton } from '../components/row-button';
import { ProblemAlert } from '../components/problem-alert';
import { EmptyState } from '../components/states';
import { Time } from '../components/time';
import { tOrganization } from '../strings/strings';
import { type CurrentOrganization, useOrganization } from './current';
import { type ProviderKey, type ProviderKeySearch, providerKeysQuery } from './queries';

const ProviderKeyDialog = onDemand(async () => (await import('./provider-key-dialog')).ProviderKeyDialog);

const route = getRouteApi('/signed-in/orgs/$orgId/provider-keys');
const words = tOrganization.providerKeys;

const HEALTH_COLOURS: Readonly<Record<ProviderKey['health'], string>> = {
  unknown: 'gray',
  ok: 'teal',
  bad_key: 'red',
  restricted: 'orange',
  quota: 'orange',
  rate_limited: 'yellow',
  provider_down: 'yellow',
};

type Dialog = { kind: 'add' } | { kind: 'replace' | 'delete'; key: ProviderKey };

/** What authenticates the organization to third parties, without the secrets. */
export function ProviderKeysPage() {
  const organization = useOrganization();
  const search: ProviderKeySearch = route.useSearch();
  const navigate = route.useNavigate();
  const client = useQueryClient();
  const query = useQuery(providerKeysQuery(organization.id, search));
  const [dialog, setDialog] = useState<Dialog>();
  const close = () => setDialog(undefined);
  const go = (next: ProviderKeySearch) => void navigate({ search: next, replace: true });
  const refresh = () => client.invalidateQueries({ queryKey: ['organization', organization.id] });
  const path = (key: ProviderKey) => ({ org_pk: organization.id, api_key_pk: key.id });
  const changing = useMutation({
    mutationFn: ({ key, ...body }: { key: ProviderKey; enabled?: boolean; preferred?: boolean }) =>
      answerOf(api.PATCH('/api/orgs/{org_pk}/api-keys/{api_key_pk}/', { params: { path: path(key) }, body })),
    onSettled: refresh,
  });
  const checking = useMutation({
    mutationFn: (key: ProviderKey) =>
      answerOf(api.POST('/api/orgs/{org_pk}/api-keys/{api_key_pk}/check/', { params: { path: path(key) } })),
    onSettled: refresh,
  });
  const checked = checking.data && tOrganization.health[checking.data.outcome];
  return (
    <Page
      title={words.title}
      lead={words.lead(organization.name)}
      actions={
        organization.may('provider_key.manage') && (
          <Button onClick={() => setDialog({ kind: 'add' })}>{words.add}</Button>
        )
      }
    >
      <Stack gap="sm">
        <Filters>
          <FilterSelect
            label={words.provider}
            all={words.allProviders}
            options={tOrganization.providers}
            value={search.key_type}
            onChange={(key_type) => go(changed(search, { key_type }))}
          />
        </Filters>
        <ProblemAlert error={changing.error ?? checking.error} />
        <Stack gap={checked ? 'sm' : 0}>
          <Text size="sm" role="status">
            {checked &&
              words.checked(tOrganization.providers[checking.variables?.key_type ?? 'A'], checked.word)}
          </Text>
          <ListView
            label={words.title}
            query={query}
            search={search}
            onSearch={go}
            columns={columnsOf(organization, {
              busy: changing.isPending || checking.isPending,
              change: changing.mutate,
              check: checking.mutate,
              open: setDialog,
            })}
            nameOf={({ name, key_type }) => name || tOrganization.providers[key_type]}
            keyOf={({ id }) => id}
            quiet={({ enabled }) => !enabled}
            empty={<EmptyState title={words.empty}>{words.emptyHelp}</EmptyState>}
          />
        </Stack>
      </Stack>
      {dialog?.kind === 'add' && <ProviderKeyDialog organization={organization} onClose={close} />}
      {dialog?.kind === 'replace' && (
        <ProviderKeyDialog organization={organization} replaced={dialog.key} onClose={close} />
      )}
      {dialog?.kind === 'delete' && (
        <DeleteProviderKey organization={organization} of={dialog.key} onClose={close} />
      )}
    </Page>
  );
}

interface Actions {
  busy: boolean;
  change: (change: { key: ProviderKey; enabled?: boolean; preferred?: boolean }) => void;
  check: (key: ProviderKey) => void;
  open: (dialog: Dialog) => void;
}

function columnsOf(organization: CurrentOrganization, actions: Actions): readonly Column<ProviderKey>[] {
  return [
    {
      title: words.provider,
      orderBy: 'key_type',
      cell: ({ key_type, name }) => (
        <Stack gap={0} maw={260}>
          <Text size="sm" fw={600}>
            {tOrganization.providers[key_type]}
          </Text>
          {name && (
            <Text size="xs" c="dimmed" className="one-line">
              {name}
            </Text>
          )}
        </Stack>
      ),
    },
    {
      title: words.key,
      cell: ({ masked_key }) => (
        <Text size="sm" ff="monospace">
          {masked_key}
        </Text>
      ),
    },
    {
      title: words.state,
      cell: ({ enabled, preferred }) => (
        <DotBadge color={enabled ? 'teal' : 'gray'}>
          {enabled ? (preferred ? words.preferred : words.enabled) : words.disabled}
        </DotBadge>
      ),
    },
    {
      title: words.health,
      cell: ({ health, warnings }) => (
        <Stack gap={2} maw={260}>
          <DotBadge color={HEALTH_COLOURS[health]}>{tOrganization.health[health].word}</DotBadge>
          {[tOrganization.health[health].advice, ...warnings].filter(Boolean).map((line) => (
            <Text key={line} size="xs" c="dimmed">
              {line}
            </Text>
          ))}
        </Stack>
      ),
    },
    { title: words.calls, cell: ({ usage_count }) => grouped(usage_count) },
    { title: words.lastUse, cell: ({ last_used_at }) => <Time value={last_used_at} /> },
    ...(organization.may('provider_key.manage')
      ? [
          {
            title: words.actions,
            actions: true,
            cell: (key: ProviderKey) => <KeyActions of={key} {...actions} />,
          },
        ]
      : []),
  ];
}

function KeyActions({ of: key, busy, change, check, open }: Actions & { of: ProviderKey }) {
  return (
    <Group gap={6} justify="flex-end" wrap="nowrap">
      <RowButton disabled={busy} onClick={() => check(key)}>
        {words.check}
      </RowButton>
      <MoreOfRow
        label={words.more(key.name || key.masked_key)}
        items={[
          {
            label: key.enabled ? words.disable : words.enable,
            onClick: () => change({ key, enabled: !key.enabled }),
          },
          ...(!key.preferred && key.enabled
            ? [{ label: words.prefer, onClick: () => change({ key, preferred: true }) }]
            : []),
          { label: words.replace, onClick: () => open({ kind: 'replace', key }) },
          { label: words.delete, onClick: () => open({ kind: 'delete', key }) },
        ]}
      />
    </Group>
  );
}

function DeleteProviderKey({
  organization,
  of: key,
  onClose,
}: {
  organization: CurrentOrganization;
  of: ProviderKey;
  onClose: () => void;
}) {
  const client = useQueryClient();
  const deleting = useMutation({
    mutationFn: () =>
      answerOf(
        api.DELETE('/api/orgs/{org_pk}/api-keys/{api_key_pk}/', {
          params: { path: { org_pk: organization.id, api_key_pk: key.id } },
        }),
      ),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['organization', organization.id] });
      onClose();
    },
  });
  return (
    <Confirm
      title={words.deleteTitle(key.name || tOrganization.providers[key.key_type])}
      opened
      onClose={onClose}
      verb={words.delete}
      danger
      onConfirm={() => deleting.mutate()}
      pending={deleting.isPending}
      error={deleting.error}
    >
      <Text size="sm">{words.deleteHelp}</Text>
    </Confirm>
  );
}
