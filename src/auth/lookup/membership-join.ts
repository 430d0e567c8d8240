import type { Membership, Principal } from '../../access/principal.js';
import type { Permission } from '../../access/permissions.js';

/**
 * The part that all three credential statements share: the membership of the credential's user in the organization of the
 * path (`w.org`), if there is one, its organization is live and lets the address (`w.address`) in. `reached` narrows it further. OFFSET 0 keeps it apart from
 * the other joins: nothing of it is read for a path without an organization, and one row of the members for any other,
 * however many organizations the caller is a member of.
 */
export const membershipJoin = (credential: string, reached = 'true'): string => `
  LEFT JOIN LATERAL (
    SELECT id, organization_id, role_id, role_name, permissions FROM memberships
    WHERE w.org IS NOT NULL AND organization_id = w.org AND user_id = ${credential}.user_id AND live
      AND address_allowed(w.address, allowed_networks) AND (${reached})
    OFFSET 0
  ) m ON true`;

export const membershipColumns = (
  credential: string,
): string => `${credential}.user_id, ${credential}.is_staff, ${credential}.email, m.role_name,
  m.id AS member_id, m.organization_id AS member_organization_id, m.role_id, m.permissions`;

export interface MembershipRow {
  user_id: number;
  is_staff: boolean;
  email: string;
  role_name: string | null;
  member_id: number | null;
  member_organization_id: number | null;
  role_id: number | null;
  permissions: Permission[] | null;
}

/** What a strategy proves: who calls, and the caller's place in the organization of the path, if any. */
export interface Proven {
  readonly principal: Principal;
  readonly membership: Membership | undefined;
  /** For gateways, which pass it on; nothing is judged by it. */
  readonly shown: { readonly email: string; readonly role: string | null };
}

export function proven(principal: Principal, row: MembershipRow): Proven {
  const { member_id: id, member_organization_id: organizationId, role_id: roleId } = row;
  const shown = { email: row.email, role: row.role_name };
  if (id === null || organizationId === null || roleId === null)
    return { principal, membership: undefined, shown };
  const permissions = row.permissions ?? [];
  return {
    principal,
    shown,
    membership: { id, organizationId, userId: principal.userId, roleId, permissions, principal },
  };
}
