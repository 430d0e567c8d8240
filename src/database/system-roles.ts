import type { ClientBase } from 'pg';
import { SYSTEM_ROLES } from '../access/system-roles.js';

/**
 * Writes the roles that ship with the product to the database, where requests read them. Runs as the owner, after
 * every migration; ids and memberships stay.
 */
export async function writeSystemRoles(owner: ClientBase): Promise<void> {
  for (const [name, permissions] of Object.entries(SYSTEM_ROLES)) {
    await owner.query(
      `INSERT INTO roles (organization_id, name, permissions) VALUES (NULL, $1, $2)
       ON CONFLICT (organization_id, lower(name)) DO UPDATE SET permissions = excluded.permissions`,
      [name, permissions],
    );
  }
}
