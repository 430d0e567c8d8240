import { Button, Group, Paper, SimpleGrid, Stack, TextInput, Title } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import type { Problem } from '../../api/problem';
import { tReview, tBulk } from '../../strings/strings';
import { DAY_MS } from '../days';
import { FilterSelect } from '../filter-select';
import type { BulkFilter, BulkOrder } from './way';

const words = tBulk;

/** What is revoked already isn't revoked again. */
const STATUSES = Object.fromEntries(
  Object.entries(tReview.statuses).filter(([status]) => status !== 'revoked'),
);

interface Props {
  order: BulkOrder;
  onChange: (order: BulkOrder) => void;
  onSubmit: () => void;
  pending: boolean;
  error: Problem | null;
  narrower: ReactNode;
}

/** Asks which keys are meant, and why they are to end. */
export function BulkFilterForm({ order, onChange, onSubmit, pending, error, narrower }: Props) {
  const { filter, reason } = order;
  const [use, setUse] = useState('');
  /** What is empty narrows nothing. */
  const set = ({ ...change }: BulkFilter) => {
    const all = { ...filter, ...change };
    const given = Object.entries(all).filter(([, value]) => value !== undefined && value !== '');
    onChange({ ...order, filter: Object.fromEntries(given) });
  };
  return (
    <Paper withBorder radius="lg" p="lg">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onSubmit();
        }}
      >
        <Stack>
          <Title order={2}>{words.which}</Title>
          <SimpleGrid cols={{ base: 1, sm: 2 }}>
            {narrower}
            <TextInput
              aria-label={words.search}
              placeholder={words.search}
              maxLength={200}
              value={filter.search ?? ''}
              onChange={({ currentTarget }) => set({ search: currentTarget.value })}
            />
            <FilterSelect
              label={words.status}
              all={tReview.allStatuses}
              options={STATUSES}
              value={filter.status}
              onChange={(status) => set({ status: status as BulkFilter['status'] })}
            />
            <FilterSelect
              label={words.level}
              all={words.allLevels}
              options={tReview.levels}
              value={filter.access_level}
              onChange={(level) => set({ access_level: level as BulkFilter['access_level'] })}
            />
            <FilterSelect
              label={words.use}
              all={words.anyUse}
              options={words.uses}
              value={use || undefined}
              onChange={(chosen) => {
                setUse(chosen);
                set(useFilter(chosen));
              }}
            />
          </SimpleGrid>
          <TextInput
            label={words.reason}
            description={words.reasonHelp}
            required
            withAsterisk={false}
            maxLength={500}
            value={reason}
            onChange={({ currentTarget }) => onChange({ ...order, reason: currentTarget.value })}
            error={error?.fields['reason']}
          />
          <Group justify="flex-end">
            <Button type="submit" loading={pending}>
              {words.count}
            </Button>
          </Group>
        </Stack>
      </form>
    </Paper>
  );
}

/** The filters of a last use: never, or not for so many days. */
function useFilter(use: string): BulkFilter {
  const days = Number(use);
  return {
    never_used: use === 'never' ? true : undefined,
    last_used_before: days > 0 ? new Date(Date.now() - days * DAY_MS).toISOString() : undefined,
  };
}
