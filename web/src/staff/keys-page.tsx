import { Button, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { downloadOf } from '../components/download';
import { ButtonLink } from '../components/links';
import { changed } from '../components/list-search';
import { onDemand } from '../components/on-demand';
import { Page } from '../components/page';
import { ReviewList } from '../components/review-list';
import type { ReviewedKey } from '../components/review-words';
import { EmptyState } from '../components/states';
import { tReview, tStaff, tBulk } from '../strings/strings';
import { KeyActions } from './key-actions';
import { OrganizationName } from './names';
import { NarrowedTo } from './narrowed-to';
import { reviewQuery, type ReviewSearch } from './queries';

const RevokeDialog = onDemand(async () => (await import('./revoke-dialog')).RevokeDialog);
const StaffIssueDialog = onDemand(async () => (await import('./issue-dialog')).StaffIssueDialog);

const route = getRouteApi('/signed-in/staff/keys');
const words = tStaff.keys;

/** All access keys, reviewed. */
export function StaffKeysPage() {
  const search: ReviewSearch = route.useSearch();
  const navigate = route.useNavigate();
  const query = useQuery(reviewQuery(search));
  const go = (next: ReviewSearch) => void navigate({ search: next, replace: true });
  const [issuing, setIssuing] = useState(false);
  const [revoking, setRevoking] = useState<ReviewedKey>();
  return (
    <Page
      title={words.title}
      lead={words.lead}
      actions={
        <>
          <ButtonLink to="/staff/keys/revoke" variant="default">
            {tBulk.open}
          </ButtonLink>
          <Button
            component="a"
            variant="default"
            href={downloadOf('/api/admin/access-keys/review/', 'csv', search)}
            download
          >
            {tReview.csv}
          </Button>
          <Button onClick={() => setIssuing(true)}>{tStaff.issue.title}</Button>
        </>
      }
    >
      <ReviewList
        label={words.title}
        query={query}
        search={search}
        onSearch={go}
        narrower={<NarrowedTo search={search} onChange={(change) => go(changed(search, change))} />}
        who={[
          {
            title: tReview.user,
            cell: ({ user, organization }) => (
              <Stack gap={0} maw={240}>
                <Text size="sm" className="one-line">
                  {user.email}
                </Text>
                <Text size="xs" c="dimmed" className="one-line">
                  <OrganizationName id={organization} />
                </Text>
              </Stack>
            ),
          },
        ]}
        actions={(key) => <KeyActions of={key} onRevoke={() => setRevoking(key)} />}
        empty={<EmptyState title={words.empty} />}
      />
      {issuing && <StaffIssueDialog onClose={() => setIssuing(false)} />}
      {revoking && <RevokeDialog of={revoking} onClose={() => setRevoking(undefined)} />}
    </Page>
  );
}
