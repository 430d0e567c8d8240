import { type Permission, PERMISSIONS } from './permissions.js';

const viewer: readonly Permission[] = [
  'organization.view',
  'member.view',
  'role.view',
  'provider_key.view',
  'call_summary.view',
  'access_key.issue',
];
const analyst: readonly Permission[] = [...viewer, 'provider_key.use'];
const administrator: readonly Permission[] = PERMISSIONS.filter(
  (permission) => permission !== 'organization.update',
);

/**
 * The roles that ship with the product (contract §3). `cli migrate` writes them to the database, where requests read
 * them; no organization can edit them.
 */
export const SYSTEM_ROLES: Readonly<Record<SystemRole, readonly Permission[]>> = {
  Owner: PERMISSIONS,
  Administrator: administrator,
  Analyst: analyst,
  Viewer: viewer,
};

export const SYSTEM_ROLE_NAMES = ['Owner', 'Administrator', 'Analyst', 'Viewer'] as const;
export type SystemRole = (typeof SYSTEM_ROLE_NAMES)[number];

/** The role that every organization must keep at least one member in. */
export const OWNER: SystemRole = 'Owner';
