import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { type AuditEntry, eventOf } from './audit-entry.js';
import { AuditEvent } from './audit-event.entity.js';

/** The audit log. An event commits in the transaction of the act, or neither does. What is refused: RefusalLog. */
@Injectable()
export class AuditService {
  /** Adds an event through the act's own transaction. */
  async record(manager: EntityManager, entry: AuditEntry): Promise<void> {
    await manager.insert(AuditEvent, eventOf(entry));
  }
}
