import type { Actor } from '../../access/principal.js';
import type { AuditEntry } from '../../audit/audit-entry.js';
import type { ApiAccessKey } from '../access-key.entity.js';

/** Something that was done to a key, as the audit log tells it. */
export function keyEvent(
  by: Actor,
  action: string,
  row: Pick<ApiAccessKey, 'id' | 'prefix' | 'userId' | 'organizationId'>,
  details: Record<string, unknown> = {},
): AuditEntry {
  return {
    by,
    action,
    organizationId: row.organizationId,
    subject: { type: 'access_key', id: row.id },
    userId: row.userId,
    details: { prefix: row.prefix, ...details },
  };
}
