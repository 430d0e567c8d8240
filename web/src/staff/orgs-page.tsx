import { Button, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { DotBadge } from '../components/dot-badge';
import { FilterSelect } from '../components/filter-select';
import { Filters } from '../components/filters';
import { TextLink } from '../components/links';
import { changed } from '../components/list-search';
import { ListView } from '../components/list-view';
import { onDemand } from '../components/on-demand';
import { Page } from '../components/page';
import { RowButton } from '../components/row-button';
import { SearchInput } from '../components/search-input';
import { EmptyState } from '../components/states';
import { Time } from '../components/time';
import { tStaff } from '../strings/strings';
import { IssuingForEverybody } from './issuing-for-everybody';
import { type Organization, organizationsQuery, type OrganizationSearch } from './queries';

const CreateDialog = onDemand(async () => (await import('./org-dialogs')).CreateDialog);
const ToggleDialog = onDemand(async () => (await import('./org-dialogs')).ToggleDialog);

const route = getRouteApi('/signed-in/staff/orgs');
const words = tStaff.orgs;

type Dialog = { kind: 'create' } | { kind: 'toggle'; organization: Organization };

/** Every organization. */
export function OrganizationsPage() {
  const search: OrganizationSearch = route.useSearch();
  const navigate = route.useNavigate();
  const query = useQuery(organizationsQuery(search));
  const [dialog, setDialog] = useState<Dialog>();
  const go = (next: OrganizationSearch) => void navigate({ search: next, replace: true });
  const close = () => setDialog(undefined);
  return (
    <Page
      title={words.title}
      lead={words.lead}
      actions={<Button onClick={() => setDialog({ kind: 'create' })}>{words.create}</Button>}
    >
      <IssuingForEverybody />
      <Stack gap="sm">
        <Filters>
          <SearchInput value={search.search} onSearch={(text) => go(changed(search, { search: text }))} />
          <FilterSelect
            label={words.state}
            all={words.allStates}
            options={{ false: words.enabled, true: words.disabled }}
            value={search.disabled}
            onChange={(disabled) => go(changed(search, { disabled }))}
          />
        </Filters>
        <ListView
          label={words.title}
          query={query}
          search={search}
          onSearch={go}
          columns={[
            {
              title: words.name,
              orderBy: 'name',
              cell: ({ id, name }) => (
                <TextLink
                  to="/staff/orgs/$id"
                  params={{ id: String(id) }}
                  size="sm"
                  fw={600}
                  className="one-line"
                  maw={320}
                >
                  {name}
                </TextLink>
              ),
            },
            { title: words.number, orderBy: 'id', cell: ({ id }) => id },
            {
              title: words.state,
              cell: ({ disabled }) => (
                <DotBadge color={disabled ? 'red' : 'teal'}>
                  {disabled ? words.disabled : words.enabled}
                </DotBadge>
              ),
            },
            {
              title: words.issuing,
              cell: ({ policy }) => (policy.issuing_stopped ? words.stopped : words.allowed),
            },
            {
              title: words.since,
              orderBy: 'created_at',
              cell: ({ created_at }) => <Time value={created_at} />,
            },
            {
              title: words.actions,
              actions: true,
              cell: (organization) => (
                <RowButton
                  danger={!organization.disabled}
                  onClick={() => setDialog({ kind: 'toggle', organization })}
                >
                  {organization.disabled ? words.enable : words.disable}
                </RowButton>
              ),
            },
          ]}
          nameOf={({ name }) => name}
          keyOf={({ id }) => id}
          quiet={({ disabled }) => disabled}
          empty={<EmptyState title={words.empty} />}
        />
      </Stack>
      {dialog?.kind === 'create' && <CreateDialog onClose={close} />}
      {dialog?.kind === 'toggle' && <ToggleDialog of={dialog.organization} onClose={close} />}
    </Page>
  );
}
