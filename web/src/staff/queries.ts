import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { answerOf, api } from '../api/client';
import type { components } from '../api/schema';
import { versionedOf } from '../api/versioned';
import type { AuditSearch } from '../components/audit-list';
import { NEWEST_FIRST, pageOf, queryOf } from '../components/list-query';
import type { ListSearch } from '../components/list-search';

type Schemas = components['schemas'];
export type Organization = Schemas['OrganizationAdminAnswer'];
export type User = Schemas['UserAnswer'];
export type Member = Schemas['MemberAnswer'];
export type Grant = Schemas['GrantAnswer'];

export type OrganizationSearch = ListSearch<'disabled'>;
export type UserSearch = ListSearch<'is_active' | 'is_staff'>;
export type MemberSearch = ListSearch;
export type ReviewSearch = ListSearch<
  'status' | 'breach' | 'user' | 'organization' | 'longest_key_lifetime_days' | 'longest_unused_days'
>;
export type GrantSearch = ListSearch<'status' | 'user' | 'organization'>;
export type RequestSearch = ListSearch<'status' | 'user' | 'organization'>;

export const organizationsQuery = (search: OrganizationSearch) =>
  queryOptions({
    queryKey: ['staff', 'orgs', search],
    queryFn: () => answerOf(api.GET('/api/admin/orgs/', { params: { query: queryOf(search) } })),
    placeholderData: keepPreviousData,
  });

export const organizationQuery = (id: number) =>
  queryOptions({
    queryKey: ['staff', 'org', id],
    queryFn: () => answerOf(api.GET('/api/admin/orgs/{id}/', { params: { path: { id } } })),
    staleTime: 60_000,
  });

/** An organization as it stands, with its edit version. */
export const settingsQuery = (id: number) =>
  queryOptions({
    queryKey: ['staff', 'org', id, 'settings'],
    queryFn: () => versionedOf(api.GET('/api/admin/orgs/{id}/', { params: { path: { id } } })),
    staleTime: 0,
  });

export const membersQuery = (id: number, search: MemberSearch) =>
  queryOptions({
    queryKey: ['staff', 'org', id, 'members', search],
    queryFn: () =>
      answerOf(
        api.GET('/api/admin/orgs/{id}/members/', { params: { path: { id }, query: queryOf(search) } }),
      ),
    placeholderData: keepPreviousData,
  });

/** What holds for all organizations. */
export const servicePolicyQuery = queryOptions({
  queryKey: ['staff', 'policy'],
  queryFn: () => answerOf(api.GET('/api/admin/policy/')),
});

/** A key as it stands, with its edit version. */
export const keyQuery = (id: number) =>
  queryOptions({
    queryKey: ['staff', 'key', id],
    queryFn: () => versionedOf(api.GET('/api/admin/access-keys/{id}/', { params: { path: { id } } })),
    staleTime: 0,
  });

export const usersQuery = (search: UserSearch) =>
  queryOptions({
    queryKey: ['staff', 'users', search],
    queryFn: () => answerOf(api.GET('/api/admin/users/', { params: { query: queryOf(search) } })),
    placeholderData: keepPreviousData,
  });

export const userQuery = (id: number) =>
  queryOptions({
    queryKey: ['staff', 'user', id],
    queryFn: () => answerOf(api.GET('/api/admin/users/{id}/', { params: { path: { id } } })),
    staleTime: 60_000,
  });

/** All access keys, each with what is wrong about it. */
export const reviewQuery = (search: ReviewSearch) =>
  queryOptions({
    queryKey: ['staff', 'review', search],
    queryFn: async () =>
      pageOf(
        await answerOf(
          api.GET('/api/admin/access-keys/review/', {
            params: { query: queryOf({ ordering: NEWEST_FIRST, ...search }) },
          }),
        ),
      ),
    placeholderData: keepPreviousData,
  });

export const grantsQuery = (search: GrantSearch) =>
  queryOptions({
    queryKey: ['staff', 'grants', search],
    queryFn: () => answerOf(api.GET('/api/admin/access-key-grants/', { params: { query: queryOf(search) } })),
    placeholderData: keepPreviousData,
  });

export const requestsQuery = (search: RequestSearch) =>
  queryOptions({
    queryKey: ['staff', 'requests', search],
    queryFn: () =>
      answerOf(api.GET('/api/admin/access-key-requests/', { params: { query: queryOf(search) } })),
    placeholderData: keepPreviousData,
  });

export const auditQuery = (search: AuditSearch) =>
  queryOptions({
    queryKey: ['staff', 'audit', search],
    queryFn: async () =>
      pageOf(await answerOf(api.GET('/api/admin/audit-events/', { params: { query: queryOf(search) } }))),
    placeholderData: keepPreviousData,
  });

/** Whether the audit log holds together, as its last verification found it. */
export const verificationQuery = queryOptions({
  queryKey: ['staff', 'verification'],
  queryFn: () => answerOf(api.GET('/api/admin/audit-events/verification/')),
  refetchInterval: 30_000,
});
