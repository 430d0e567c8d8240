import { useQuery } from '@tanstack/react-query';
import { Email } from '../components/email';
import { tStaff } from '../strings/strings';
import { organizationQuery, userQuery } from './queries';

/** A user by name. */
export function UserName({ id }: { id: number }) {
  const { data } = useQuery(userQuery(id));
  return data ? <Email of={data.email} /> : <>{tStaff.user(id)}</>;
}

/** An organization by name. */
export function OrganizationName({ id }: { id: number | null }) {
  const { data } = useQuery({ ...organizationQuery(id ?? 0), enabled: id !== null });
  if (id === null) return <>{tStaff.userWide}</>;
  return <>{data?.name ?? tStaff.organization(id)}</>;
}
