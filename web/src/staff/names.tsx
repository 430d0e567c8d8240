import { useQuery } from '@tanstack/react-query';
import { Email } from '../components/email';
import { WordsLoading } from '../components/states';
import { tStaff } from '../strings/strings';
import { organizationQuery, userQuery } from './queries';

/** A user by name. */
export function UserName({ id }: { id: number }) {
  const { data, isLoading } = useQuery(userQuery(id));
  if (isLoading) return <WordsLoading />;
  return data ? <Email of={data.email} /> : <>{tStaff.user(id)}</>;
}

/** An organization by name. */
export function OrganizationName({ id }: { id: number | null }) {
  const { data, isLoading } = useQuery({ ...organizationQuery(id ?? 0), enabled: id !== null });
  if (id === null) return <>{tStaff.userWide}</>;
  if (isLoading) return <WordsLoading />;
  return <>{data?.name ?? tStaff.organization(id)}</>;
}
