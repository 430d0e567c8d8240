import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { anonymous } from '../../access/principal.js';
import { WriteBehind } from '../../common/background/write-behind.js';
import { monotonicMs } from '../../common/clock.js';
import { type AuditEntry, eventOf } from '../audit-entry.js';
import { AuditEvent } from '../audit-event.entity.js';
import { RefusalBudget } from './refusal-budget.js';

const NOBODY = anonymous({ ip: null, userAgent: null, requestId: null });

/** What was refused, and why: one of a fixed few words. */
export interface Refusal {
  readonly action: string;
  readonly reason: string;
}

/**
 * The events of what was refused: written behind the answer, in groups, within a budget (refusal-budget.ts). What the
 * budget leaves out is told by one `refusals.suppressed` event at the end of its window. An event that can't be written
 * because the database is out of reach is dropped with a line in the log: a refusal is never held up by its record.
 */
@Injectable()
export class RefusalLog extends WriteBehind<AuditEntry> {
  private readonly budget = new RefusalBudget();
  private windowEnd: NodeJS.Timeout | undefined;

  constructor(private readonly dataSource: DataSource) {
    super({ batch: 100, failure: 'Refusals could not be recorded.' });
  }

  /**
   * Adds an event of something that was refused: a failed login, a replayed token. Nobody waits for it, for whoever is
   * refused must not learn from the answer's delay what became of the record. `reason` is one of a fixed few words. What
   * the guards refuse is recorded by itself (guard-refusals.ts).
   */
  add({ reason, ...entry }: AuditEntry & Refusal): void {
    this.addOf({ action: entry.action, reason }, entry.by.origin.ip, () => entry);
  }

  /** The same for what comes in floods: the entry is put together only when it becomes a row. */
  addOf({ action, reason }: Refusal, address: string | null, entryOf: () => AuditEntry): void {
    const now = monotonicMs();
    if (this.budget.endsIn(now) === 0) this.endWindow();
    if (this.budget.admit(address ?? '', `${action}/${reason}`, now)) {
      const entry = entryOf();
      this.leave({ ...entry, details: { reason, ...entry.details } });
    }
    this.windowEnd ??= setTimeout(() => this.endWindow(), this.budget.endsIn(now) ?? 0).unref();
  }

  override beforeApplicationShutdown(): Promise<void> {
    this.endWindow();
    return super.beforeApplicationShutdown();
  }

  override onApplicationShutdown(): Promise<void> {
    this.endWindow();
    return super.onApplicationShutdown();
  }

  protected override write(entries: readonly AuditEntry[]): Promise<unknown> {
    return this.dataSource.manager.insert(AuditEvent, entries.map(eventOf));
  }

  private endWindow(): void {
    clearTimeout(this.windowEnd);
    this.windowEnd = undefined;
    const suppressed = this.budget.close();
    if (suppressed) this.leave({ by: NOBODY, action: 'refusals.suppressed', details: { ...suppressed } });
  }
}
