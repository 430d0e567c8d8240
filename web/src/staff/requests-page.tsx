import { Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { answerOf, api } from '../api/client';
import { useMe } from '../api/me';
import { Page } from '../components/page';
import type { Decisions } from '../components/request-decisions';
import { RequestList } from '../components/request-list';
import { tRequests, tStaff } from '../strings/strings';
import { OrganizationName, UserName } from './names';
import { type RequestSearch, requestsQuery } from './queries';

const route = getRouteApi('/signed-in/staff/requests');

const DECISIONS: Decisions = {
  approve: (id, body) =>
    answerOf(api.POST('/api/admin/access-key-requests/{id}/approve/', { params: { path: { id } }, body })),
  decline: (id, reason) =>
    answerOf(
      api.POST('/api/admin/access-key-requests/{id}/decline/', {
        params: { path: { id } },
        body: { reason },
      }),
    ),
  queryKey: ['staff'],
};

/** What members of all organizations asked for. */
export function StaffRequestsPage() {
  const search: RequestSearch = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <Page title={tRequests.title} lead={tStaff.requestsLead}>
      <RequestList
        query={useQuery(requestsQuery(search))}
        search={search}
        onSearch={(next) => void navigate({ search: next, replace: true })}
        who={[
          {
            title: tRequests.by,
            cell: ({ user, organization }) => (
              <Stack gap={0} maw={240}>
                <Text size="sm" className="one-line">
                  <UserName id={user} />
                </Text>
                <Text size="xs" c="dimmed" className="one-line">
                  <OrganizationName id={organization} />
                </Text>
              </Stack>
            ),
          },
        ]}
        decisions={DECISIONS}
        userId={useMe().user.id}
      />
    </Page>
  );
}
