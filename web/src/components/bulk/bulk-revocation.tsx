import { Button, Paper, Stack, Text, Title } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { tBulk } from '../../strings/strings';
import { ProblemAlert } from '../problem-alert';
import { BulkConfirm } from './bulk-confirm';
import { BulkFilterForm } from './bulk-filter-form';
import { type BulkFilter, type BulkOrder, type BulkWay, count, type Outcome, revocation } from './way';

const words = tBulk;

interface Props {
  way: BulkWay;
  /** What must be typed before anything is revoked: the name of what is hit. Empty: it isn't known, and nothing is revoked. */
  name: string;
  /** More to narrow by, beside what every list of keys has. */
  filter?: BulkFilter;
  narrower?: ReactNode;
}

/** Revokes many keys: which, how many that is, and, once the name was typed, exactly those. */
export function BulkRevocation({ way, name, filter = {}, narrower }: Props) {
  const client = useQueryClient();
  const [order, setOrder] = useState<BulkOrder>({ filter: {}, reason: '' });
  const [outcome, setOutcome] = useState<Outcome>();
  const wanted = { ...order, filter: { ...order.filter, ...filter } };
  const counting = useMutation({
    mutationFn: async (counted: BulkOrder) => {
      const counts = await count(way, counted);
      return { order: counted, counts, revoke: revocation(way, counted, counts.confirm_token) };
    },
  });
  const counted = counting.data;
  // What was counted is confirmed, and nothing that was changed since.
  const holds = counted && JSON.stringify(counted.order) === JSON.stringify(wanted);
  if (outcome) {
    return (
      <Done
        of={outcome}
        onAgain={() => {
          setOutcome(undefined);
          counting.reset();
        }}
      />
    );
  }
  return (
    <Stack maw={860}>
      <BulkFilterForm
        order={order}
        onChange={setOrder}
        onSubmit={() => counting.mutate(wanted)}
        pending={counting.isPending}
        error={counting.error}
        narrower={narrower}
      />
      <ProblemAlert error={counting.error} shown={['reason']} />
      {holds && (
        <BulkConfirm
          key={counted.counts.confirm_token}
          name={name}
          counts={counted.counts}
          revoke={counted.revoke}
          onDone={(what) => {
            setOutcome(what);
            void client.invalidateQueries({ queryKey: way.queryKey });
          }}
        />
      )}
    </Stack>
  );
}

function Done({ of: { revoked, vanished, ended }, onAgain }: { of: Outcome; onAgain: () => void }) {
  return (
    <Paper withBorder radius="lg" p="lg" maw={860} role="status">
      <Stack gap="xs" align="flex-start">
        <Title order={2}>{words.done(revoked)}</Title>
        {vanished > 0 && <Text size="sm">{words.doneVanished(vanished)}</Text>}
        {ended > 0 && <Text size="sm">{words.doneEnded(ended)}</Text>}
        <Button variant="default" onClick={onAgain}>
          {words.again}
        </Button>
      </Stack>
    </Paper>
  );
}
