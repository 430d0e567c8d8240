import { useParams } from '@tanstack/react-router';
import { may, useMe } from '../api/me';

/** The organization that the page is about, and what the user's role permits there. */
export function useOrganization() {
  const me = useMe();
  const { orgId = '' } = useParams({ strict: false }) as { orgId?: string };
  const id = Number(orgId);
  const own = me.organizations.find((organization) => organization.id === id);
  return {
    id,
    name: own?.name ?? '',
    permissions: own?.permissions ?? [],
    me: me.user,
    may: (permission: string) => may(me, id, permission),
  };
}

export type CurrentOrganization = ReturnType<typeof useOrganization>;
