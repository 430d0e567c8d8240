import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { downloadOf } from '../components/download';
import { Page } from '../components/page';
import { ReviewList } from '../components/review-list';
import type { ReviewedKey } from '../components/review-words';
import { EmptyState } from '../components/states';
import { t } from '../strings/strings';
import { useOrganization } from './current';
import { type ReviewSearch, reviewQuery } from './queries';
import { RevokeMemberKeyDialog } from './revoke-member-key';

const route = getRouteApi('/signed-in/orgs/$orgId/keys');
const words = t.organization.keys;

/** The access keys of all members, as an auditor asks for them. */
export function OrganizationKeysPage() {
  const organization = useOrganization();
  const search: ReviewSearch = route.useSearch();
  const navigate = route.useNavigate();
  const query = useQuery(reviewQuery(organization.id, search));
  const [revoking, setRevoking] = useState<ReviewedKey>();
  const manages = organization.may('access_key.manage');
  return (
    <Page
      title={words.title}
      lead={words.lead(organization.name)}
      actions={
        <Button
          component="a"
          variant="default"
          href={downloadOf(`/api/orgs/${organization.id}/access-keys/review/`, 'csv', search)}
          download
        >
          {t.review.csv}
        </Button>
      }
    >
      <ReviewList
        label={words.title}
        query={query}
        search={search}
        onSearch={(next) => void navigate({ search: next, replace: true })}
        who={[{ title: t.review.user, cell: ({ user }) => user.email }]}
        revocable={({ organization: home }) => home !== null}
        onRevoke={manages ? setRevoking : undefined}
        empty={<EmptyState title={words.empty}>{words.emptyHelp}</EmptyState>}
      />
      {revoking && (
        <RevokeMemberKeyDialog
          organization={organization}
          of={revoking}
          onClose={() => setRevoking(undefined)}
        />
      )}
    </Page>
  );
}
