import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { anonymous } from '../access/principal.js';
import { monotonicMs } from '../common/clock.js';
import { type AuditEntry, eventOf } from './audit-entry.js';
import { AuditEvent } from './audit-event.entity.js';
import { RefusalBudget } from './refusal-budget.js';

/** Rows that one statement adds. */
const BATCH = 100;
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
export class RefusalLog implements BeforeApplicationShutdown {
  private readonly logger = new Logger('RefusalLog');
  private readonly budget = new RefusalBudget();
  private queue: AuditEntry[] = [];
  private writing: Promise<void> | undefined;
  private windowEnd: NodeJS.Timeout | undefined;

  constructor(private readonly dataSource: DataSource) {}

  /**
   * Adds an event of something that was refused: a failed login, a replayed token. Nobody waits for it, for whoever is
   * refused must not learn from the answer's delay what became of the record. `reason` is one of a fixed few words. What
   * the guards refuse is recorded by itself (refusal.filter.ts).
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
      this.write({ ...entry, details: { reason, ...entry.details } });
    }
    this.windowEnd ??= setTimeout(() => this.endWindow(), this.budget.endsIn(now) ?? 0).unref();
  }

  /** Resolves when everything added so far is written, or dropped. */
  async settled(): Promise<void> {
    while (this.writing) await this.writing;
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.endWindow();
    await this.settled();
  }

  private endWindow(): void {
    clearTimeout(this.windowEnd);
    this.windowEnd = undefined;
    const suppressed = this.budget.close();
    if (suppressed) this.write({ by: NOBODY, action: 'refusals.suppressed', details: { ...suppressed } });
  }

  private write(entry: AuditEntry): void {
    this.queue.push(entry);
    this.writing ??= this.drain().finally(() => {
      this.writing = undefined;
    });
  }

  private async drain(): Promise<void> {
    while (this.queue.length > 0) {
      const batch = this.queue.splice(0, BATCH);
      try {
        await this.dataSource.manager.insert(AuditEvent, batch.map(eventOf));
      } catch (error) {
        this.logger.warn({
          msg: 'Refusals could not be recorded.',
          lost: batch.length,
          error: String(error),
        });
      }
    }
  }
}
