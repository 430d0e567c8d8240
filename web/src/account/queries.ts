import { queryOptions } from '@tanstack/react-query';
import { answerOf, api } from '../api/client';
import type { components } from '../api/schema';
import { type ListSearch, PAGE_SIZE } from '../components/list-search';

export type Session = components['schemas']['SessionAnswer'];

/** One page of the user's own live sessions. */
export const sessionsQuery = ({ page = 1, ordering }: ListSearch) =>
  queryOptions({
    queryKey: ['account', 'sessions', page, ordering],
    queryFn: () =>
      answerOf(
        api.GET('/api/auth/sessions/', {
          params: { query: { page: String(page), page_size: PAGE_SIZE, ...(ordering && { ordering }) } },
        }),
      ),
  });
