import { queryOptions, useSuspenseQuery } from '@tanstack/react-query';
import { answerOf, api } from './client';
import type { components } from './schema';

export type Me = components['schemas']['MeAnswer'];

/** Who is signed in, and what they may do where. */
export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: () => answerOf(api.GET('/api/auth/me/')),
  staleTime: 60_000,
});

/** Who is signed in; for pages below the signed-in shell. */
export function useMe(): Me {
  return useSuspenseQuery(meQuery).data;
}

/** Whether the user's role in an organization holds a permission: what it doesn't is not offered. */
export function may(me: Me, organizationId: number, permission: string): boolean {
  const organization = me.organizations.find(({ id }) => id === organizationId);
  return organization?.permissions.some((held) => held === permission) ?? false;
}
