import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { type AuditEntry, eventOf } from './audit-entry.js';
import { AuditEvent } from './audit-event.entity.js';
import { RefusalLog } from './refusal-log.js';

/** The audit log. An event commits in the transaction of the act, or neither does. */
@Injectable()
export class AuditService {
  constructor(private readonly refusals: RefusalLog) {}

  /** Adds an event through the act's own transaction. */
  async record(manager: EntityManager, entry: AuditEntry): Promise<void> {
    await manager.insert(AuditEvent, eventOf(entry));
  }

  /**
   * Adds an event of something that was refused (a failed login, a replayed token), in bounded volume and without
   * making the caller wait: whoever is refused must not learn from the answer's delay what became of the record.
   * `reason` is one of a fixed few words. What the guards refuse is recorded by itself (refusal.filter.ts).
   */
  recordRefusal(entry: AuditEntry & { readonly reason: string }): void {
    this.refusals.add(entry);
  }
}
