import { queryOptions } from '@tanstack/react-query';
import { answerOf, api } from '../api/client';
import type { components } from '../api/schema';

/** The description says of none of its parts that it is always there; all are. */
export type Attention = Required<components['schemas']['AttentionAnswer']>;

/** What waits for the user. */
export const attentionQuery = queryOptions({
  queryKey: ['attention'],
  queryFn: async () => (await answerOf(api.GET('/api/auth/attention/'))) as Attention,
  refetchInterval: 60_000,
});
