import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { type AuditEntry, eventOf } from './audit-entry.js';
import { AuditEvent } from './audit-event.entity.js';

/** Members are named as the entity's properties are. */
const ADD_ALL = `
  INSERT INTO audit_events (action, organization_id, actor_id, actor_credential, subject_type, subject_id, user_id, ip,
    user_agent, request_id, details)
  SELECT action, "organizationId", "actorId", "actorCredential", "subjectType", "subjectId", "userId", ip, "userAgent",
    "requestId", details
  FROM ROWS FROM (jsonb_to_recordset($1) AS (action text, "organizationId" integer, "actorId" integer, "actorCredential" text,
    "subjectType" text, "subjectId" integer, "userId" integer, ip text, "userAgent" text, "requestId" text, details jsonb))
    WITH ORDINALITY
  ORDER BY ordinality`;

/** The audit log. An event commits in the transaction of the act, or neither does. What is refused: RefusalLog. */
@Injectable()
export class AuditService {
  /** Adds an event through the act's own transaction. */
  async record(manager: EntityManager, entry: AuditEntry): Promise<void> {
    await manager.insert(AuditEvent, eventOf(entry));
  }

  /** Adds an event for each of many things that one act did, in their order. */
  async recordAll(manager: EntityManager, entries: readonly AuditEntry[]): Promise<void> {
    await manager.query(ADD_ALL, [JSON.stringify(entries.map(eventOf))]);
  }
}
