import { Alert, Button, Group, Paper, SimpleGrid, Stack, Text, TextInput, Title } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { tReview, tBulk } from '../../strings/strings';
import { DataTable } from '../data-table';
import { ProblemAlert } from '../problem-alert';
import { EmptyState } from '../states';
import type { CountedKeys, Outcome } from './way';

const words = tBulk;

interface Props {
  /** Empty: it isn't known, and nothing is revoked. */
  name: string;
  counts: CountedKeys;
  revoke: () => Promise<Outcome>;
  onDone: (outcome: Outcome) => void;
}

/** What would be revoked, in numbers, and the way to do it: whoever does types the name of what they hit. */
export function BulkConfirm({ name, counts, revoke, onDone }: Props) {
  const [typed, setTyped] = useState('');
  const revoking = useMutation({ mutationFn: revoke, onSuccess: onDone });
  return (
    <Stack component="section" aria-label={words.counted(counts.count)}>
      {counts.count === 0 ? (
        <EmptyState title={words.none}>{words.noneHelp}</EmptyState>
      ) : (
        <Counts of={counts} />
      )}
      {counts.user_wide > 0 && <Alert color="gray">{words.userWide(counts.user_wide)}</Alert>}
      {counts.count > 0 && (
        <Paper withBorder radius="lg" p="lg">
          <form
            onSubmit={(event) => {
              event.preventDefault();
              revoking.mutate();
            }}
          >
            <Stack>
              <TextInput
                label={words.type(name)}
                description={words.typeHelp}
                autoComplete="off"
                value={typed}
                onChange={({ currentTarget }) => setTyped(currentTarget.value)}
              />
              <ProblemAlert error={revoking.error} />
              <Group justify="flex-end">
                <Button
                  type="submit"
                  color="red.8"
                  loading={revoking.isPending}
                  disabled={name === '' || typed !== name}
                >
                  {words.revoke(counts.count)}
                </Button>
              </Group>
            </Stack>
          </form>
        </Paper>
      )}
    </Stack>
  );
}

function Counts({ of: counts }: { of: CountedKeys }) {
  return (
    <>
      <Title order={2}>{words.counted(counts.count)}</Title>
      <SimpleGrid cols={{ base: 1, sm: 3 }}>
        <Numbers title={words.byStatus} of={counts.by_status} named={tReview.statuses} />
        <Numbers title={words.byLevel} of={counts.by_access_level} named={tReview.levels} />
        <Numbers title={words.byUse} of={counts.by_last_use} named={words.lastUses} />
      </SimpleGrid>
      <DataTable
        label={words.byUser}
        rows={counts.by_user}
        nameOf={({ email }) => email}
        keyOf={({ user }) => user}
        columns={[
          { title: tReview.user, cell: ({ email }) => email },
          { title: words.keyCount, cell: ({ count }) => count },
        ]}
      />
    </>
  );
}

/** Counts under a heading, in the order of their names; what is none is left out. */
function Numbers({
  title,
  of: counts = {},
  named,
}: {
  title: string;
  of: Readonly<Record<string, number>> | undefined;
  named: Readonly<Record<string, string>>;
}) {
  const order = Object.keys(named);
  return (
    <Paper withBorder radius="lg" p="md" component="section" aria-label={title}>
      <Text size="sm" c="dimmed">
        {title}
      </Text>
      {Object.entries(counts)
        .filter(([, count]) => count > 0)
        .toSorted(([one], [other]) => order.indexOf(one) - order.indexOf(other))
        .map(([word, count]) => (
          <Group key={word} justify="space-between" wrap="nowrap">
            <Text size="sm">{named[word] ?? word}</Text>
            <Text size="sm" fw={600}>
              {count}
            </Text>
          </Group>
        ))}
    </Paper>
  );
}
