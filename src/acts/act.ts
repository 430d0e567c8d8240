import type { EntityManager } from 'typeorm';
import type { Permission } from '../access/permissions.js';
import type { Actor } from '../access/principal.js';
import type { AuditEntry } from '../audit/audit-entry.js';
import type { AuditService } from '../audit/audit.service.js';
import { PermissionDenied } from '../common/errors.js';

/** What an act was done to, for whom, and where. */
export interface Subject {
  readonly type: string;
  readonly id: number;
  readonly organizationId?: number | null;
  /** For whom: the user whose key, membership or account it is. */
  readonly userId?: number | null;
}

/** A change under way: its transaction, who makes it, and the audit log. Lent by `Acts.run`, and good until that returns. */
export class Act {
  private judged = false;

  constructor(
    readonly manager: EntityManager,
    readonly by: Actor,
    /** What the acting member's role permits, true until the transaction ends; of others nothing. */
    private readonly held: readonly Permission[],
    private readonly audit: AuditService,
    private readonly judgeCaller: () => Promise<void>,
  ) {}

  /**
   * Judges the caller once more, and holds the credential as it is until the transaction ends. `Acts.run` asks before it
   * commits; an act that may end the caller's own credential asks earlier, once it holds what it changes. Errors: those
   * of authentication, NotFound, ReadOnlyKey.
   */
  async judge(): Promise<void> {
    if (this.judged) return;
    this.judged = true;
    await this.judgeCaller();
  }

  /**
   * Nobody grants what they don't hold, nor edits, demotes or removes what holds more than they do (contract §3).
   * Errors: PermissionDenied.
   */
  mustCover(...roles: readonly { readonly permissions: readonly Permission[] }[]): void {
    const covered = roles.every(({ permissions }) => permissions.every((one) => this.held.includes(one)));
    if (!covered) throw new PermissionDenied();
  }

  /** The same act, by whoever it has proven the caller to be: the audit log names them. */
  as(by: Actor): Act {
    return new Act(this.manager, by, this.held, this.audit, this.judgeCaller);
  }

  /**
   * Tells the audit log; the event commits together with the act. `action` is `subject.verb`, in the past tense; `subject`:
   * `null` where it was done to no one thing.
   */
  async record(
    action: string,
    subject: Subject | null,
    details: Record<string, unknown> = {},
  ): Promise<void> {
    await this.audit.record(this.manager, entryOf(this.by, action, subject, details));
  }

  /** The same of many things that the act was done to, each with an event of its own. */
  async recordAll(
    action: string,
    events: readonly { readonly subject: Subject; readonly details: Record<string, unknown> }[],
  ): Promise<void> {
    await this.audit.recordAll(
      this.manager,
      events.map(({ subject, details }) => entryOf(this.by, action, subject, details)),
    );
  }
}

function entryOf(
  by: Actor,
  action: string,
  subject: Subject | null,
  details: Record<string, unknown>,
): AuditEntry {
  return {
    by,
    action,
    organizationId: subject?.organizationId ?? null,
    userId: subject?.userId ?? null,
    ...(subject && { subject: { type: subject.type, id: subject.id } }),
    details,
  };
}
