import { Button, Group, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import type { Column } from '../components/data-table';
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
import { useOrganization } from './current';
import { type ReviewSearch, reviewQuery } from './queries';
import { RevokeMemberKeyDialog } from './revoke-member-key';

const route = getRouteApi('/signed-in/orgs/$orgId/keys');
const words = t.organization.keys;

/** The access keys of all members, as an auditor asks for them. */
export function OrganizationKeysPage() {
  const organization = useOrganization();
  const search: ReviewSearch = route.useSearch();
  const navigate = route.useNavigate();
  const query = useQuery(reviewQuery(organization.id, search));
  const [revoking, setRevoking] = useState<ReviewedKey>();
  const go = (next: ReviewSearch) => void navigate({ search: next, replace: true });
  const set = (change: ReviewSearch) => go(changed(search, change));
  const manages = organization.may('access_key.manage');
  const columns: readonly Column<ReviewedKey>[] = [
    { title: words.name, orderBy: 'name', cell: KeyName },
    { title: words.user, cell: ({ user }) => user.email },
    { title: words.status, cell: ReviewedStatus },
    { title: words.level, cell: ({ access_level }) => t.review.levels[access_level] },
    {
      title: words.expires,
      orderBy: 'expires_at',
      cell: ({ expires_at }) => <Time value={expires_at} empty={words.noExpiry} />,
    },
    {
      title: words.lastUse,
      orderBy: 'last_used_at',
      cell: ({ last_used_at }) => <Time value={last_used_at} />,
    },
    { title: words.review, cell: Breaches },
    ...(manages
      ? [
          {
            title: words.actions,
            actions: true,
            cell: (key: ReviewedKey) =>
              !isDead(key) &&
              key.organization !== null && (
                <Button size="compact-sm" variant="default" onClick={() => setRevoking(key)}>
                  {words.revoke}
                </Button>
              ),
          },
        ]
      : []),
  ];
  return (
    <Page
      title={words.title}
      lead={words.lead(organization.name)}
      actions={
        <Button
          component="a"
          variant="default"
          href={downloadOf(`/api/orgs/${organization.id}/access-keys/review/`, 'csv', search)}
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
          columns={columns}
          nameOf={({ name }) => name}
          keyOf={({ id }) => id}
          quiet={isDead}
          empty={<EmptyState title={words.empty}>{words.emptyHelp}</EmptyState>}
        />
      </Stack>
      {revoking && (
        <RevokeMemberKeyDialog
          organization={organization}
          of={revoking}
          onClose={() => setRevoking(undefined)}
        />
      )}
    </Page>
  );
}
