import { type Actor, credentialName, OPERATOR } from '../access/principal.js';
import type { AuditEvent } from './audit-event.entity.js';
import { redacted } from './redaction.js';

/** What happened: who did what to which object, for whom. */
export interface AuditEntry {
  readonly by: Actor;
  /** `subject.verb`, in the past tense: `access_key.issued`. */
  readonly action: string;
  readonly organizationId?: number | null;
  readonly subject?: { readonly type: string; readonly id: number };
  readonly userId?: number | null;
  /** Never a secret, never a digest: see redaction.ts. */
  readonly details?: Record<string, unknown>;
}

/** The row of an entry; its id and its time are the database's. */
export function eventOf(entry: AuditEntry): Omit<AuditEvent, 'id' | 'at' | 'details'> & { details: object } {
  const { by, action, organizationId = null, subject, userId = null, details = {} } = entry;
  const { via, ...origin } = by.origin;
  return {
    action,
    organizationId,
    actorId: by.userId,
    actorCredential: by.credential ? credentialName(by.credential) : by === OPERATOR ? 'cli' : null,
    subjectType: subject?.type ?? null,
    subjectId: subject?.id ?? null,
    userId,
    ...origin,
    details: redacted({ ...(via && { via }), ...details }) as object,
  };
}
