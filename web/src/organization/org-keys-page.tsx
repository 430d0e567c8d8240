import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { downloadOf } from '../components/download';
import { Email } from '../components/email';
import { ButtonLink } from '../components/links';
import { Page } from '../components/page';
import { ReviewList } from '../components/review-list';
import type { ReviewedKey } from '../components/review-words';
import { RowButton } from '../components/row-button';
import { EmptyState } from '../components/states';
import { tOrganization, tReview, tBulk } from '../strings/strings';
import { useOrganization } from './current';
import { type ReviewSearch, reviewQuery } from './queries';
import { RevokeMemberKeyDialog } from './revoke-member-key';

const route = getRouteApi('/signed-in/orgs/$orgId/keys');
const words = tOrganization.keys;

/** The access keys of all members, as an auditor asks for them. */
export function OrganizationKeysPage() {
  const organization = useOrganization();
  const search: ReviewSearch = route.useSearch();
  const navigate = route.useNavigate();
  const query = useQuery(reviewQuery(organization.id, search));
  const [revoking, setRevoking] = useState<ReviewedKey>();
  // A user-wide key reaches others as well: its user ends it, or the staff.
  const revokes = (key: ReviewedKey) =>
    key.organization !== null && (
      <RowButton danger onClick={() => setRevoking(key)}>
        {tReview.revoke}
      </RowButton>
    );
  const manages = organization.may('access_key.manage');
  return (
    <Page
      title={words.title}
      lead={words.lead(organization.name)}
      actions={
        <>
          {manages && (
            <ButtonLink
              to="/orgs/$orgId/keys/revoke"
              params={{ orgId: String(organization.id) }}
              variant="default"
            >
              {tBulk.open}
            </ButtonLink>
          )}
          <Button
            component="a"
            variant="default"
            href={downloadOf(`/api/orgs/${organization.id}/access-keys/review/`, 'csv', search)}
            download
          >
            {tReview.csv}
          </Button>
        </>
      }
    >
      <ReviewList
        label={words.title}
        query={query}
        search={search}
        onSearch={(next) => void navigate({ search: next, replace: true })}
        who={[{ title: tReview.user, cell: ({ user }) => <Email of={user.email} /> }]}
        actions={manages ? revokes : undefined}
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
