import type { Subject } from '../../acts/act.js';
import type { ApiAccessKey } from '../access-key.entity.js';

/** A key as the audit log names it. */
export function subjectOf({
  id,
  userId,
  organizationId,
}: Pick<ApiAccessKey, 'id' | 'userId' | 'organizationId'>): Subject {
  return { type: 'access_key', id, userId, organizationId };
}
