import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { downloadOf } from '../components/download';
import { ButtonLink } from '../components/links';
import { Page } from '../components/page';
import { ReviewList } from '../components/review-list';
import type { ReviewedKey } from '../components/review-words';
import { EmptyState } from '../components/states';
import { t } from '../strings/strings';
import { StaffIssueDialog } from './issue-dialog';
import { KeyActions } from './key-actions';
import { OrganizationName } from './names';
import { reviewQuery, type ReviewSearch } from './queries';
import { RevokeDialog } from './revoke-dialog';

const route = getRouteApi('/signed-in/staff/keys');
const words = t.staff.keys;

/** All access keys, reviewed. */
export function StaffKeysPage() {
  const search: ReviewSearch = route.useSearch();
  const navigate = route.useNavigate();
  const query = useQuery(reviewQuery(search));
  const [issuing, setIssuing] = useState(false);
  const [revoking, setRevoking] = useState<ReviewedKey>();
  return (
    <Page
      title={words.title}
      lead={words.lead}
      actions={
        <>
          <ButtonLink to="/staff/keys/revoke" variant="default">
            {t.bulk.open}
          </ButtonLink>
          <Button
            component="a"
            variant="default"
            href={downloadOf('/api/admin/access-keys/review/', 'csv', search)}
            download
          >
            {t.review.csv}
          </Button>
          <Button onClick={() => setIssuing(true)}>{t.staff.issue.title}</Button>
        </>
      }
    >
      <ReviewList
        label={words.title}
        query={query}
        search={search}
        onSearch={(next) => void navigate({ search: next, replace: true })}
        who={[
          { title: t.review.user, cell: ({ user }) => user.email },
          {
            title: t.review.organization,
            cell: ({ organization }) => <OrganizationName id={organization} />,
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
