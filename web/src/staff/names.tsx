import { useQuery } from '@tanstack/react-query';
import { t } from '../strings/strings';
import { organizationQuery, userQuery } from './queries';

/** A user by name. */
export function UserName({ id }: { id: number }) {
  const { data } = useQuery(userQuery(id));
  return <>{data?.email ?? t.staff.user(id)}</>;
}

/** An organization by name. */
export function OrganizationName({ id }: { id: number | null }) {
  const { data } = useQuery({ ...organizationQuery(id ?? 0), enabled: id !== null });
  if (id === null) return <>{t.staff.userWide}</>;
  return <>{data?.name ?? t.staff.organization(id)}</>;
}
