import { answerOf, api } from '../api/client';
import { queryOf } from '../components/list-query';
import type { Directory } from '../components/person-select';

/** Every account, by its e-mail. */
export const users: Directory = {
  queryKey: ['staff', 'directory', 'users'],
  find: async (text) => {
    const query = queryOf({ search: text });
    const { results } = await answerOf(api.GET('/api/admin/users/', { params: { query } }));
    return results.map(({ id, email }) => ({ id, name: email }));
  },
  get: async (id) => {
    const { email } = await answerOf(api.GET('/api/admin/users/{id}/', { params: { path: { id } } }));
    return { id, name: email };
  },
};

/** Every organization. */
export const organizations: Directory = {
  queryKey: ['staff', 'directory', 'organizations'],
  find: async (text) => {
    const query = queryOf({ search: text });
    return (await answerOf(api.GET('/api/admin/orgs/', { params: { query } }))).results;
  },
  get: (id) => answerOf(api.GET('/api/admin/orgs/{id}/', { params: { path: { id } } })),
};
