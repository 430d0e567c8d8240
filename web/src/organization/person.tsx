import { useQuery } from '@tanstack/react-query';
import { WordsLoading } from '../components/states';
import { tOrganization } from '../strings/strings';
import type { CurrentOrganization } from './current';
import { memberOfUserQuery } from './queries';

/** A user as the organization knows them: by name, or, once they are no member, by number. */
export function Person({ organization, id }: { organization: CurrentOrganization; id: number }) {
  const itself = id === organization.me.id;
  const { data, isLoading } = useQuery({
    ...memberOfUserQuery(organization.id, id),
    enabled: !itself && organization.may('member.view'),
  });
  if (itself) return <>{organization.me.name || organization.me.email}</>;
  if (isLoading) return <WordsLoading />;
  return <>{data?.user.name || data?.user.email || tOrganization.unknownUser(id)}</>;
}
