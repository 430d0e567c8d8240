import { Button, Code, Group, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { answerOf, api } from '../api/client';
import { Confirm } from '../components/confirm';
import { Copy } from '../components/copy';
import { Dialog } from '../components/dialog';
import { DotBadge } from '../components/dot-badge';
import { FilterSelect } from '../components/filter-select';
import { Filters } from '../components/filters';
import { FormDialog } from '../components/form-dialog';
import { changed } from '../components/list-search';
import { ListView } from '../components/list-view';
import { MoreOfRow } from '../components/more';
import { Page } from '../components/page';
import { ProblemAlert } from '../components/problem-alert';
import { SearchInput } from '../components/search-input';
import { EmptyState } from '../components/states';
import { Time } from '../components/time';
import { tStaff } from '../strings/strings';
import { useDone } from './done';
import { type User, type UserSearch, usersQuery } from './queries';

const route = getRouteApi('/signed-in/staff/users');
const words = tStaff.users;

type Dialog = { kind: 'create' } | { kind: 'toggle' | 'link'; user: User };

/** Every account. */
export function UsersPage() {
  const search: UserSearch = route.useSearch();
  const navigate = route.useNavigate();
  const query = useQuery(usersQuery(search));
  const [dialog, setDialog] = useState<Dialog>();
  const go = (next: UserSearch) => void navigate({ search: next, replace: true });
  const close = () => setDialog(undefined);
  return (
    <Page
      title={words.title}
      lead={words.lead}
      actions={<Button onClick={() => setDialog({ kind: 'create' })}>{words.create}</Button>}
    >
      <Stack gap="sm">
        <Filters>
          <SearchInput
            value={search.search}
            placeholder={words.searchUsers}
            onSearch={(text) => go(changed(search, { search: text }))}
          />
          <FilterSelect
            label={words.state}
            all={words.allStates}
            options={{ true: words.active, false: words.inactive }}
            value={search.is_active}
            onChange={(is_active) => go(changed(search, { is_active }))}
          />
          <FilterSelect
            label={words.kind}
            all={words.allKinds}
            options={{ true: words.staff, false: words.customer }}
            value={search.is_staff}
            onChange={(is_staff) => go(changed(search, { is_staff }))}
          />
        </Filters>
        <ListView
          label={words.title}
          query={query}
          search={search}
          onSearch={go}
          columns={[
            {
              title: words.email,
              orderBy: 'email',
              cell: ({ email, name }) => (
                <Stack gap={0} maw={320}>
                  <Text size="sm" fw={600} className="one-line">
                    {email}
                  </Text>
                  <Text size="xs" c="dimmed" className="one-line">
                    {name}
                  </Text>
                </Stack>
              ),
            },
            { title: words.kind, cell: ({ is_staff }) => (is_staff ? words.staff : words.customer) },
            {
              title: words.state,
              cell: ({ is_active }) => (
                <DotBadge color={is_active ? 'teal' : 'red'}>
                  {is_active ? words.active : words.inactive}
                </DotBadge>
              ),
            },
            {
              title: words.since,
              orderBy: 'created_at',
              cell: ({ created_at }) => <Time value={created_at} />,
            },
            {
              title: words.actions,
              actions: true,
              cell: (user) => (
                <MoreOfRow
                  label={words.more(user.email)}
                  items={[
                    { label: words.link, onClick: () => setDialog({ kind: 'link', user }) },
                    {
                      label: user.is_active ? words.deactivate : words.activate,
                      onClick: () => setDialog({ kind: 'toggle', user }),
                    },
                  ]}
                />
              ),
            },
          ]}
          nameOf={({ email }) => email}
          keyOf={({ id }) => id}
          quiet={({ is_active }) => !is_active}
          empty={<EmptyState title={words.empty} />}
        />
      </Stack>
      {dialog?.kind === 'create' && <CreateDialog onClose={close} />}
      {dialog?.kind === 'toggle' && <ToggleDialog of={dialog.user} onClose={close} />}
      {dialog?.kind === 'link' && <LinkDialog of={dialog.user} onClose={close} />}
    </Page>
  );
}

function CreateDialog({ onClose }: { onClose: () => void }) {
  const [email, setEmail] = useState('');
  const [name, setName] = useState('');
  const creating = useMutation({
    mutationFn: () => answerOf(api.POST('/api/admin/users/', { body: { email, name } })),
    onSuccess: useDone(onClose),
  });
  const fields = creating.error?.fields ?? {};
  return (
    <FormDialog
      title={words.createTitle}
      onClose={onClose}
      verb={words.createVerb}
      onSubmit={() => creating.mutate()}
      pending={creating.isPending}
      error={creating.error}
      fields={['email', 'name']}
    >
      <Text size="sm">{words.createHelp}</Text>
      <TextInput
        label={words.email}
        type="email"
        required
        withAsterisk={false}
        data-autofocus
        value={email}
        onChange={({ currentTarget }) => setEmail(currentTarget.value)}
        error={fields['email']}
      />
      <TextInput
        label={words.name}
        required
        withAsterisk={false}
        value={name}
        onChange={({ currentTarget }) => setName(currentTarget.value)}
        error={fields['name']}
      />
    </FormDialog>
  );
}

/** Deactivates an account, or activates it again. */
function ToggleDialog({ of: { id, email, is_active }, onClose }: { of: User; onClose: () => void }) {
  const params = { path: { id } };
  const toggling = useMutation({
    mutationFn: () =>
      answerOf(
        is_active
          ? api.POST('/api/admin/users/{id}/deactivate/', { params })
          : api.POST('/api/admin/users/{id}/activate/', { params }),
      ),
    onSuccess: useDone(onClose),
  });
  return (
    <Confirm
      title={is_active ? words.deactivateTitle(email) : words.activateTitle(email)}
      opened
      onClose={onClose}
      verb={is_active ? words.deactivate : words.activate}
      danger={is_active}
      onConfirm={() => toggling.mutate()}
      pending={toggling.isPending}
      error={toggling.error}
    >
      <Text size="sm">{is_active ? words.deactivateHelp : words.activateHelp}</Text>
    </Confirm>
  );
}

/** Makes a one-time link by which a user chooses a password. It is shown here, once, and gone when this is closed. */
function LinkDialog({ of: { id, email }, onClose }: { of: User; onClose: () => void }) {
  const making = useMutation({
    mutationFn: () =>
      answerOf(api.POST('/api/admin/users/{id}/password-link/', { params: { path: { id } } })),
  });
  const link = making.data;
  return (
    <Dialog opened onClose={onClose} title={words.linkTitle(email)}>
      <Stack>
        <Text size="sm">{words.linkHelp}</Text>
        {link && (
          <>
            <Code block style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
              {link.url}
            </Code>
            <Text size="sm">
              {words.linkEnds} <Time value={link.expires_at} />
            </Text>
          </>
        )}
        <ProblemAlert error={making.error} />
        <Group justify="flex-end">
          {link ? (
            <Copy value={link.url} label={words.copyLink} size="sm" />
          ) : (
            <Button loading={making.isPending} onClick={() => making.mutate()}>
              {words.makeLink}
            </Button>
          )}
        </Group>
      </Stack>
    </Dialog>
  );
}
