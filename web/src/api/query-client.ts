import { QueryClient } from '@tanstack/react-query';
import type { Problem } from './problem';

declare module '@tanstack/react-query' {
  interface Register {
    defaultError: Problem;
  }
}

/** A read is repeated by itself when nothing or an outage answered; a write never is. */
export function newQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 10_000,
        retry: (failures, { status }) => (status === 0 || status === 503) && failures < 2,
      },
      // What a write answers may hold a secret: it is not kept once nobody shows it.
      mutations: { retry: false, gcTime: 0 },
    },
  });
}
