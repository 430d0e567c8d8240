import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { answerOf, api } from '../api/client';
import type { components } from '../api/schema';
import { versionedOf } from '../api/versioned';
import type { AuditSearch } from '../components/audit-list';
import { DAY_MS } from '../components/days';
import type { ListSearch } from '../components/list-search';
import { NEWEST_FIRST, pageOf, queryOf } from '../components/list-query';

type Schemas = components['schemas'];
export type Member = Schemas['MemberAnswer'];
export type Role = Schemas['RoleAnswer'];
export type PermissionCategory = Schemas['PermissionCategoryAnswer'];
export type Organization = Schemas['OrganizationAnswer'];

export type MemberSearch = ListSearch<'status' | 'role'>;

const of = (org: number) => ({ path: { org_pk: org } });

export const membersQuery = (org: number, search: MemberSearch) =>
  queryOptions({
    queryKey: ['organization', org, 'members', search],
    queryFn: () =>
      answerOf(api.GET('/api/orgs/{org_pk}/members/', { params: { ...of(org), query: queryOf(search) } })),
    placeholderData: keepPreviousData,
  });

/** The member that a user is, or was not. */
export const memberOfUserQuery = (org: number, user: number) =>
  queryOptions({
    queryKey: ['organization', org, 'member-of-user', user],
    queryFn: async () => {
      const page = await answerOf(
        api.GET('/api/orgs/{org_pk}/members/', { params: { ...of(org), query: { user } } }),
      );
      return page.results[0] ?? null;
    },
    staleTime: 60_000,
  });

/** Every role that there is: a few. */
export const rolesQuery = (org: number) =>
  queryOptions({
    queryKey: ['organization', org, 'roles'],
    queryFn: () =>
      answerOf(api.GET('/api/orgs/{org_pk}/roles/', { params: { ...of(org), query: { page_size: 100 } } })),
  });

/** A role as it stands, with its edit version. */
export const roleQuery = (org: number, id: number) =>
  queryOptions({
    queryKey: ['organization', org, 'role', id],
    queryFn: () =>
      versionedOf(api.GET('/api/orgs/{org_pk}/roles/{id}/', { params: { path: { org_pk: org, id } } })),
    staleTime: 0,
  });

/** What roles can permit, by category. */
export const permissionsQuery = (org: number) =>
  queryOptions({
    queryKey: ['organization', org, 'permissions'],
    queryFn: () => answerOf(api.GET('/api/orgs/{org_pk}/permissions/', { params: of(org) })),
    staleTime: Infinity,
  });

/** The organization and its policy as they stand, with their edit version. */
export const settingsQuery = (org: number) =>
  queryOptions({
    queryKey: ['organization', org, 'settings'],
    queryFn: () => versionedOf(api.GET('/api/orgs/{org_pk}/', { params: of(org) })),
    staleTime: 0,
  });

export type ReviewSearch = ListSearch<
  'status' | 'breach' | 'user' | 'longest_key_lifetime_days' | 'longest_unused_days'
>;

/** The access keys that reach the organization, with what is wrong about each. */
export const reviewQuery = (org: number, search: ReviewSearch) =>
  queryOptions({
    queryKey: ['organization', org, 'review', search],
    queryFn: async () =>
      pageOf(
        await answerOf(
          api.GET('/api/orgs/{org_pk}/access-keys/review/', {
            params: { ...of(org), query: queryOf({ ordering: NEWEST_FIRST, ...search }) },
          }),
        ),
      ),
    placeholderData: keepPreviousData,
  });

/** What happened in the organization. */
export const auditQuery = (org: number, search: AuditSearch) =>
  queryOptions({
    queryKey: ['organization', org, 'audit', search],
    queryFn: async () =>
      pageOf(
        await answerOf(
          api.GET('/api/orgs/{org_pk}/audit-events/', { params: { ...of(org), query: queryOf(search) } }),
        ),
      ),
    placeholderData: keepPreviousData,
  });

export type ProviderKey = Schemas['ProviderKeyAnswer'];
export type ProviderKeySearch = ListSearch<'key_type' | 'health'>;

export const providerKeysQuery = (org: number, search: ProviderKeySearch) =>
  queryOptions({
    queryKey: ['organization', org, 'provider-keys', search],
    queryFn: () =>
      answerOf(api.GET('/api/orgs/{org_pk}/api-keys/', { params: { ...of(org), query: queryOf(search) } })),
    placeholderData: keepPreviousData,
  });

export type KeyCalls = Schemas['ProviderKeyCallsAnswer'];

/** The UTC dates of the last so many days, today the last of them. */
function lastDates(days: number): string[] {
  const now = Date.now();
  return Array.from({ length: days }, (_, n) =>
    new Date(now - (days - 1 - n) * DAY_MS).toISOString().slice(0, 10),
  );
}

/** How often each provider key was used on each of the last so many days. */
export const usageQuery = (org: number, days: number) =>
  queryOptions({
    queryKey: ['organization', org, 'usage', days],
    queryFn: async () => {
      const dates = lastDates(days);
      const query = { date_from: dates[0] ?? '', date_to: dates.at(-1) ?? '', page_size: 100 };
      const page = await answerOf(
        api.GET('/api/orgs/{org_pk}/call-summaries/', { params: { ...of(org), query } }),
      );
      return { dates, results: page.results };
    },
    placeholderData: keepPreviousData,
    refetchInterval: 30_000, // so that calls are seen
  });

export type RequestSearch = ListSearch<'status' | 'user'>;

/** What members asked for. */
export const requestsQuery = (org: number, search: RequestSearch) =>
  queryOptions({
    queryKey: ['organization', org, 'requests', search],
    queryFn: () =>
      answerOf(
        api.GET('/api/orgs/{org_pk}/access-key-requests/', {
          params: { ...of(org), query: queryOf(search) },
        }),
      ),
    placeholderData: keepPreviousData,
  });
