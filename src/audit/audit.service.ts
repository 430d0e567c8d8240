import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { type Actor, credentialName, OPERATOR } from '../access/principal.js';
import { AuditEvent } from './audit-event.entity.js';

/** What happened: who did what to which object, for whom. */
export interface AuditEntry {
  readonly by: Actor;
  /** `subject.verb`, in the past tense: `access_key.issued`. */
  readonly action: string;
  readonly organizationId?: number | null;
  readonly subject?: { readonly type: string; readonly id: number };
  readonly userId?: number | null;
  /** Never a secret, never a digest. */
  readonly details?: Record<string, unknown>;
}

/** The audit log. An event commits in the transaction of the act, or neither does. */
@Injectable()
export class AuditService {
  /** Adds an event through the act's own transaction. */
  async record(manager: EntityManager, entry: AuditEntry): Promise<void> {
    const { by, action, organizationId = null, subject, userId = null, details = {} } = entry;
    await manager.insert(AuditEvent, {
      action,
      organizationId,
      actorId: by.userId,
      actorCredential: by.credential ? credentialName(by.credential) : by === OPERATOR ? 'cli' : null,
      subjectType: subject?.type ?? null,
      subjectId: subject?.id ?? null,
      userId,
      ...by.origin,
      details: details as object,
    });
  }
}
