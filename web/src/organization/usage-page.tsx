import { Paper, SegmentedControl, Stack, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { DataTable } from '../components/data-table';
import { grouped } from '../components/formats';
import { Page } from '../components/page';
import { ProblemAlert } from '../components/problem-alert';
import { EmptyState, PageLoading } from '../components/states';
import { tOrganization } from '../strings/strings';
import { useOrganization } from './current';
import { nameOf } from './provider-key-name';
import { usageQuery } from './queries';
import { UsageChart } from './usage-chart';

const route = getRouteApi('/signed-in/orgs/$orgId/usage');
const words = tOrganization.usage;
const RANGES = [7, 30, 90] as const;

/** How often the providers were called, a day, as a chart and as its table. */
export function UsagePage() {
  const organization = useOrganization();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const days = RANGES.find((range) => String(range) === search.days) ?? 30;
  const { data, error, isPending, refetch } = useQuery(usageQuery(organization.id, days));
  const keys = data?.results ?? [];
  const dates = data?.dates ?? [];
  return (
    <Page
      title={words.title}
      lead={words.lead(organization.name)}
      actions={
        <SegmentedControl
          aria-label={words.range}
          value={String(days)}
          data={RANGES.map((range) => ({ value: String(range), label: words.days(range) }))}
          onChange={(value) => void navigate({ search: { days: value }, replace: true })}
        />
      }
    >
      {isPending && <PageLoading />}
      {error && !data && <ProblemAlert error={error} onRetry={() => void refetch()} />}
      {data && keys.length === 0 && <EmptyState title={words.empty}>{words.emptyHelp}</EmptyState>}
      {keys.length > 0 && (
        <Stack gap="lg">
          <Paper withBorder radius="lg" p="lg">
            <UsageChart keys={keys} dates={dates} />
          </Paper>
          <Title order={2}>{words.byKey}</Title>
          <DataTable
            label={words.byKey}
            rows={keys}
            nameOf={nameOf}
            keyOf={({ id }) => id}
            columns={[
              { title: words.key, cell: nameOf },
              { title: words.calls, cell: ({ calls }) => grouped(calls) },
              { title: words.succeeded, cell: ({ succeeded }) => grouped(succeeded) },
              { title: words.failed, cell: ({ failed }) => grouped(failed) },
            ]}
          />
          <Title order={2}>{words.byDay}</Title>
          <DataTable
            label={words.byDay}
            rows={dates.toReversed()}
            nameOf={(date) => date}
            grid
            keyOf={(date) => date}
            columns={[
              { title: words.day, cell: (date) => date },
              ...keys.map((key) => ({
                title: nameOf(key),
                cell: (date: string) => grouped(key.days.find((day) => day.date === date)?.calls ?? 0),
              })),
            ]}
          />
        </Stack>
      )}
    </Page>
  );
}
