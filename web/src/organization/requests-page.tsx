import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { answerOf, api } from '../api/client';
import { Page } from '../components/page';
import type { Decisions } from '../components/request-decisions';
import { RequestList } from '../components/request-list';
import { tOrganization, tRequests } from '../strings/strings';
import { useOrganization } from './current';
import { Person } from './person';
import { type RequestSearch, requestsQuery } from './queries';

const route = getRouteApi('/signed-in/orgs/$orgId/requests');

/** What members asked for, and who decides. */
export function RequestsPage() {
  const organization = useOrganization();
  const search: RequestSearch = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <Page title={tRequests.title} lead={tOrganization.requestsLead}>
      <RequestList
        query={useQuery(requestsQuery(organization.id, search))}
        search={search}
        onSearch={(next) => void navigate({ search: next, replace: true })}
        who={[{ title: tRequests.by, cell: ({ user }) => <Person organization={organization} id={user} /> }]}
        decisions={decisionsIn(organization.id)}
        userId={organization.me.id}
      />
    </Page>
  );
}

function decisionsIn(org: number): Decisions {
  const path = (id: number) => ({ path: { org_pk: org, id } });
  return {
    approve: (id, body) =>
      answerOf(api.POST('/api/orgs/{org_pk}/access-key-requests/{id}/approve/', { params: path(id), body })),
    decline: (id, reason) =>
      answerOf(
        api.POST('/api/orgs/{org_pk}/access-key-requests/{id}/decline/', {
          params: path(id),
          body: { reason },
        }),
      ),
    queryKey: ['organization', org],
  };
}
