import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { answerOf, api } from '../api/client';
import type { components, paths } from '../api/schema';
import { type ListSearch, PAGE_SIZE } from '../components/list-search';

export type AccessKey = components['schemas']['AccessKeyAnswer'];
export type Grant = components['schemas']['GrantAnswer'];
export type KeyRequest = components['schemas']['RequestAnswer'];

type KeyQuery = NonNullable<paths['/api/auth/access-keys/']['get']['parameters']['query']>;
export type KeySearch = ListSearch<
  'status' | 'organization' | 'access_level' | 'expires_before' | 'last_used_before' | 'never_used'
>;

/** Live keys first, the newest of them at the top. */
const USUAL_ORDER = 'ended,-id';

/** One page of the user's own keys. */
export const keysQuery = (search: KeySearch) =>
  queryOptions({
    queryKey: ['keys', 'list', search],
    queryFn: () => {
      const { page = 1, ordering = USUAL_ORDER, ...filters } = search;
      const query = { ...filters, ordering, page: String(page), page_size: PAGE_SIZE } as KeyQuery;
      return answerOf(api.GET('/api/auth/access-keys/', { params: { query } }));
    },
    placeholderData: keepPreviousData,
    refetchInterval: 30_000, // so that use is seen
  });

/** One of the user's own keys. */
export const keyQuery = (id: number) =>
  queryOptions({
    queryKey: ['keys', 'one', id],
    queryFn: () => answerOf(api.GET('/api/auth/access-keys/{id}/', { params: { path: { id } } })),
  });

/** What was made through a key. */
export const madeQuery = (id: number) =>
  queryOptions({
    queryKey: ['keys', 'made', id],
    queryFn: () => answerOf(api.GET('/api/auth/access-keys/{id}/made/', { params: { path: { id } } })),
  });

/** What the user may redeem. */
export const grantsQuery = queryOptions({
  queryKey: ['keys', 'grants'],
  queryFn: () => answerOf(api.GET('/api/auth/access-key-grants/', { params: { query: { status: 'open' } } })),
});

/** What the user asked for, the latest first. */
export const ownRequestsQuery = queryOptions({
  queryKey: ['keys', 'requests'],
  queryFn: () =>
    answerOf(
      api.GET('/api/auth/access-key-requests/', {
        params: { query: { ordering: '-created_at', page_size: 100 } },
      }),
    ),
});

/** An organization's policy, which a new key must be within. */
export const organizationQuery = (id: number) =>
  queryOptions({
    queryKey: ['organization', id],
    queryFn: () => answerOf(api.GET('/api/orgs/{org_pk}/', { params: { path: { org_pk: id } } })),
  });
