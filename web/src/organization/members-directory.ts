import { answerOf, api } from '../api/client';
import type { Choice, Directory } from '../components/person-select';
import { queryOf } from '../components/list-query';
import type { Member } from './queries';

/** Whoever is invited and has no account yet, is nobody who could have done anything. */
const choicesOf = ({ user }: Member): Choice[] =>
  user.id === null ? [] : [{ id: user.id, name: user.email }];

/** The members of an organization, each by their user. */
export function membersOf(org: number): Directory {
  const path = { org_pk: org };
  const members = (query: never) =>
    answerOf(api.GET('/api/orgs/{org_pk}/members/', { params: { path, query } }));
  return {
    queryKey: ['organization', org, 'directory'],
    find: async (text) => (await members(queryOf({ search: text }))).results.flatMap(choicesOf),
    get: async (id) => {
      const { results } = await members({ user: id } as never);
      return results.flatMap(choicesOf)[0] ?? null;
    },
  };
}
