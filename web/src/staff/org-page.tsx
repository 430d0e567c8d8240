import { Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { answerOf, api } from '../api/client';
import type { Versioned } from '../api/versioned';
import { ButtonLink, TextLink } from '../components/links';
import { pageOf } from '../components/list-query';
import { Page } from '../components/page';
import type { Governing, ProposedPolicy } from '../components/policy/governing';
import { PolicySettings } from '../components/policy/policy-settings';
import { ProblemAlert } from '../components/problem-alert';
import { PageLoading } from '../components/states';
import { t, tPolicy, tStaff } from '../strings/strings';
import { OrganizationMembers } from './org-members';
import { type Organization, settingsQuery } from './queries';

const route = getRouteApi('/signed-in/staff/orgs/$id');
const words = tStaff.org;

/** One organization: its members and their roles, and its policy. */
export function StaffOrganizationPage() {
  const id = Number(route.useParams().id);
  const { data, error, refetch } = useQuery(settingsQuery(id));
  if (!data) return error ? <ProblemAlert error={error} onRetry={() => void refetch()} /> : <PageLoading />;
  return (
    <Page
      title={data.body.name}
      lead={words.lead}
      back={
        <TextLink to="/staff/orgs" size="sm">
          {`← ${t.pages.organizations}`}
        </TextLink>
      }
      actions={
        <>
          <ButtonLink to="/staff/keys" search={{ organization: String(id) }} variant="default">
            {words.keys}
          </ButtonLink>
          <ButtonLink to="/staff/audit" search={{ organization: String(id) }} variant="default">
            {words.audit}
          </ButtonLink>
        </>
      }
    >
      <OrganizationMembers id={id} />
      <Title order={2}>{words.settings}</Title>
      <PolicySettings key={id} governing={governingOf(id, data)} />
    </Page>
  );
}

function governingOf(id: number, current: Versioned<Organization>): Governing {
  return {
    current,
    may: true,
    change: (body, etag) =>
      answerOf(
        api.PATCH('/api/admin/orgs/{id}/', { params: { path: { id }, header: { 'If-Match': etag } }, body }),
      ),
    queryKeys: [['staff']],
    judged: {
      queryKey: ['staff', 'org', id],
      read: async (proposed) =>
        pageOf(
          await answerOf(
            api.GET('/api/admin/access-keys/review/', {
              params: { query: { organization: id, breach: 'against_policy', page_size: 5, ...proposed } },
            }),
          ),
        ),
      link: (proposed: ProposedPolicy) => (
        <TextLink
          to="/staff/keys"
          search={{
            organization: String(id),
            breach: 'against_policy',
            longest_key_lifetime_days: String(proposed.longest_key_lifetime_days),
            longest_unused_days: String(proposed.longest_unused_days),
          }}
          size="sm"
        >
          {tPolicy.showBlocked}
        </TextLink>
      ),
    },
  };
}
