import { Badge, Button, Group, Stack, Text, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { answerOf, api } from '../api/client';
import { Confirm } from '../components/confirm';
import type { Column } from '../components/data-table';
import { ListView } from '../components/list-view';
import { RowButton } from '../components/row-button';
import { ProblemAlert } from '../components/problem-alert';
import { programOf } from '../components/program';
import { Time } from '../components/time';
import { t, tAccount } from '../strings/strings';
import { type Session, sessionsQuery } from './queries';

const calledOf = (userAgent: string | null): string =>
  userAgent === null ? tAccount.sessions.unknownProgram : programOf(userAgent);

const route = getRouteApi('/signed-in/account');

const COLUMNS: readonly Column<Session>[] = [
  {
    title: tAccount.sessions.program,
    cell: ({ user_agent, current }) => (
      <Group gap="xs" wrap="nowrap">
        <Text size="sm" className="one-line" maw={360} title={user_agent ?? undefined}>
          {calledOf(user_agent)}
        </Text>
        {current && (
          <Badge variant="light" tt="none" color="ink" flex="none">
            {tAccount.sessions.current}
          </Badge>
        )}
      </Group>
    ),
  },
  { title: tAccount.sessions.address, cell: ({ ip }) => ip ?? t.common.unknown },
  { title: tAccount.sessions.opened, cell: ({ created_at }) => <Time value={created_at} /> },
  { title: tAccount.sessions.seen, cell: ({ last_seen_at }) => <Time value={last_seen_at} /> },
  { title: tAccount.sessions.ends, cell: ({ expires_at }) => <Time value={expires_at} /> },
  {
    title: tAccount.sessions.actions,
    actions: true,
    cell: (session) => (session.current ? null : <EndSession id={session.id} />),
  },
];

/** Where the user is signed in, and how to end that. */
export function Sessions() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const queryClient = useQueryClient();
  const query = useQuery(sessionsQuery(search));
  const [asking, setAsking] = useState(false);
  const ending = useMutation({
    mutationFn: () => answerOf(api.DELETE('/api/auth/sessions/')),
    onSuccess: () => {
      setAsking(false);
      return queryClient.invalidateQueries({ queryKey: ['account'] });
    },
  });
  return (
    <Stack component="section" gap="sm" aria-label={tAccount.sessions.title}>
      <Group justify="space-between">
        <div>
          <Title order={2}>{tAccount.sessions.title}</Title>
          <Text size="sm" c="dimmed">
            {tAccount.sessions.help}
          </Text>
        </div>
        <Button variant="default" onClick={() => setAsking(true)}>
          {tAccount.sessions.endOthers}
        </Button>
      </Group>
      <ListView
        label={tAccount.sessions.title}
        query={query}
        search={search}
        onSearch={(next) => void navigate({ search: next })}
        columns={COLUMNS}
        nameOf={({ user_agent }) => calledOf(user_agent)}
        keyOf={({ id }) => id}
        empty={null}
      />
      <Confirm
        title={tAccount.sessions.endOthersTitle}
        opened={asking}
        onClose={() => setAsking(false)}
        verb={tAccount.sessions.endOthers}
        onConfirm={() => ending.mutate()}
        pending={ending.isPending}
        error={ending.error}
        danger
      >
        <Text size="sm">{tAccount.sessions.endOthersHelp}</Text>
      </Confirm>
    </Stack>
  );
}

function EndSession({ id }: { id: number }) {
  const queryClient = useQueryClient();
  const ending = useMutation({
    mutationFn: () => answerOf(api.DELETE('/api/auth/sessions/{id}/', { params: { path: { id } } })),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['account'] }),
  });
  return (
    <>
      <RowButton danger busy={ending.isPending} onClick={() => ending.mutate()}>
        {tAccount.sessions.end}
      </RowButton>
      <ProblemAlert error={ending.error} />
    </>
  );
}
