import type { Permission } from '../../src/access/permissions.js';
import type { SystemRole } from '../../src/access/system-roles.js';

const y = true;
const n = false;

/** Who holds what, by hand from the contract (§3) and not from the code. */
const TABLE: Readonly<
  Record<Permission, readonly [Owner: boolean, Admin: boolean, Analyst: boolean, Viewer: boolean]>
> = {
  'organization.view': [y, y, y, y],
  'organization.update': [y, n, n, n],
  'member.view': [y, y, y, y],
  'member.manage': [y, y, n, n],
  'role.view': [y, y, y, y],
  'role.manage': [y, y, n, n],
  'access_key.issue': [y, y, y, y],
  'access_key.view': [y, y, n, n],
  'access_key.manage': [y, y, n, n],
  'provider_key.view': [y, y, y, y],
  'provider_key.manage': [y, y, n, n],
  'provider_key.use': [y, y, y, n],
  'call_summary.view': [y, y, y, y],
  'audit_event.view': [y, y, n, n],
};

/** Every permission of the contract, in the order in which lists show them. */
export const CONTRACT_PERMISSIONS = Object.keys(TABLE) as Permission[];

export const CONTRACT_ROLE_NAMES = ['Owner', 'Administrator', 'Analyst', 'Viewer'] as const;

/** What each role that ships may, in the order in which lists show it. */
export const CONTRACT_ROLES = Object.fromEntries(
  CONTRACT_ROLE_NAMES.map((role, column) => [role, CONTRACT_PERMISSIONS.filter((one) => TABLE[one][column])]),
) as unknown as Readonly<Record<SystemRole, readonly Permission[]>>;
