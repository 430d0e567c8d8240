import { Button, Group, Paper, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { AuditList, type AuditSearch } from '../components/audit-list';
import { DotBadge } from '../components/dot-badge';
import { downloadOf } from '../components/download';
import { changed } from '../components/list-search';
import { Page } from '../components/page';
import { ProblemAlert } from '../components/problem-alert';
import { Time } from '../components/time';
import { tAudit, tStaff } from '../strings/strings';
import { users } from './directories';
import { UserName } from './names';
import { NarrowedTo } from './narrowed-to';
import { auditQuery, verificationQuery } from './queries';

const route = getRouteApi('/signed-in/staff/audit');
const words = tStaff.audit;

/** Who did what, everywhere, and whether the log holds together. */
export function StaffAuditPage() {
  const search: AuditSearch = route.useSearch();
  const navigate = route.useNavigate();
  const go = (next: AuditSearch) => void navigate({ search: next, replace: true });
  return (
    <Page
      title={tAudit.title}
      lead={words.lead}
      actions={
        <Button
          component="a"
          variant="default"
          href={downloadOf('/api/admin/audit-events/', 'ndjson', search)}
          download
        >
          {words.export}
        </Button>
      }
    >
      <Verification />
      <AuditList
        query={useQuery(auditQuery(search))}
        search={search}
        onSearch={go}
        narrower={<NarrowedTo search={search} onChange={(change) => go(changed(search, change))} />}
        person={(id) => <UserName id={id} />}
        people={users}
      />
    </Page>
  );
}

const COLOURS = { never: 'gray', running: 'blue', ok: 'teal', broken: 'red' } as const;

/** What the last verification of the log found. */
function Verification() {
  const { data, error, refetch } = useQuery(verificationQuery);
  if (error && !data) return <ProblemAlert error={error} onRetry={() => void refetch()} />;
  if (!data) return null;
  return (
    <Paper withBorder radius="lg" p="md" component="section" aria-label={words.verification}>
      <Group gap="md">
        <DotBadge color={COLOURS[data.state]}>{words.states[data.state]}</DotBadge>
        <Text size="sm">
          {data.finished_at === null ? (
            words.neverHelp
          ) : (
            <>
              {words.found(data.events ?? 0, data.breaks ?? 0)} <Time value={data.finished_at} />
            </>
          )}
        </Text>
        {(data.breaks ?? 0) > 0 && <Text size="sm">{words.brokenHelp}</Text>}
      </Group>
    </Paper>
  );
}
