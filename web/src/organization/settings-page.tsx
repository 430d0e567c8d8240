import { useQuery } from '@tanstack/react-query';
import { answerOf, api } from '../api/client';
import { meQuery } from '../api/me';
import type { Versioned } from '../api/versioned';
import { TextLink } from '../components/links';
import { pageOf } from '../components/list-query';
import { Page } from '../components/page';
import type { Governing, ProposedPolicy } from '../components/policy/governing';
import { PolicySettings } from '../components/policy/policy-settings';
import { ProblemAlert } from '../components/problem-alert';
import { PageLoading } from '../components/states';
import { tOrganization, tPolicy } from '../strings/strings';
import { type CurrentOrganization, useOrganization } from './current';
import { type Organization, settingsQuery } from './queries';

const words = tOrganization.settings;

/** The organization's name and what it allows its members to do with keys. */
export function SettingsPage() {
  const organization = useOrganization();
  const query = useQuery(settingsQuery(organization.id));
  return (
    <Page title={words.title} lead={words.lead(organization.name)}>
      {query.isPending && <PageLoading />}
      {query.error && !query.data && (
        <ProblemAlert error={query.error} onRetry={() => void query.refetch()} />
      )}
      {query.data && (
        <PolicySettings key={organization.id} governing={governingOf(organization, query.data)} />
      )}
    </Page>
  );
}

function governingOf(organization: CurrentOrganization, current: Versioned<Organization>): Governing {
  const { id } = organization;
  const path = { org_pk: id };
  return {
    current,
    may: organization.may('organization.update'),
    change: (body, etag) =>
      answerOf(api.PATCH('/api/orgs/{org_pk}/', { params: { path, header: { 'If-Match': etag } }, body })),
    queryKeys: [['organization', id], meQuery.queryKey],
    ...(organization.may('access_key.view') && {
      judged: {
        queryKey: ['organization', id],
        read: async (proposed: ProposedPolicy) =>
          pageOf(
            await answerOf(
              api.GET('/api/orgs/{org_pk}/access-keys/review/', {
                params: { path, query: { breach: 'against_policy', page_size: 5, ...proposed } },
              }),
            ),
          ),
        link: (proposed: ProposedPolicy) => (
          <TextLink
            to="/orgs/$orgId/keys"
            params={{ orgId: String(id) }}
            search={{ breach: 'against_policy', ...textsOf(proposed) }}
            size="sm"
          >
            {tPolicy.showBlocked}
          </TextLink>
        ),
      },
    }),
  };
}

const textsOf = ({ longest_key_lifetime_days, longest_unused_days }: ProposedPolicy) => ({
  longest_key_lifetime_days: String(longest_key_lifetime_days),
  longest_unused_days: String(longest_unused_days),
});
