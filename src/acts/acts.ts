import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Claim } from '../access/claim.js';
import { AuditService } from '../audit/audit.service.js';
import { retryingDeadlocks } from '../common/database-errors.js';
import { ApiError } from '../common/errors.js';
import { Act } from './act.js';
import type { Authority } from './authority.js';
import { judgeCaller, lockFor } from './caller.js';
import { holdClaim, keepAnswer, repeatOf } from './claims.js';

/**
 * The one way to change anything (docs/adr/0045): a transaction in which the caller is judged once more, and which commits
 * the change together with its audit event, or neither. Nothing else opens a transaction.
 */
@Injectable()
export class Acts {
  private readonly claimed = new WeakSet<Claim>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly audit: AuditService,
  ) {}

  /**
   * Runs `work` under `authority`. It may run more than once, when PostgreSQL has it give way to another act, so it does
   * nothing outside the transaction. A refusal that it returns, instead of throwing it, is thrown once the act has
   * committed: what it noted stays. A request that claims to be fulfilled once makes one act, and its repeats none. Errors:
   * those of the judgement (Act.judge), those of `work`; AnsweredBefore, AlreadyIssued, IdempotencyMismatch and Conflict
   * `idempotency_in_progress` for a claim.
   */
  async run<T>(authority: Authority, work: (act: Act) => Promise<T | ApiError>): Promise<T> {
    this.mustBeOnlyAct(authority.by.claim);
    const result = await this.tryUntilDone(authority, work);
    if (result instanceof ApiError) throw result;
    return result;
  }

  private async tryUntilDone<T>(authority: Authority, work: (act: Act) => Promise<T>): Promise<T> {
    try {
      return await retryingDeadlocks(() => this.tryOnce(authority, work));
    } catch (error) {
      // Whose credential ended meanwhile is told that, and nothing of what the act found; it left nothing behind.
      if (error instanceof ApiError) await judgeCaller(this.dataSource.manager, authority);
      throw error;
    }
  }

  private tryOnce<T>(authority: Authority, work: (act: Act) => Promise<T>): Promise<T> {
    return this.dataSource.transaction(async (manager) => {
      const { claim } = authority.by;
      if (claim) await holdClaim(manager, claim);
      const held = await lockFor(manager, authority);
      const act = new Act(manager, authority.by, held, this.audit, () => judgeCaller(manager, authority));
      const repeat = claim && (await repeatOf(manager, claim));
      const result = repeat ? undefined : await work(act);
      await act.judge();
      if (repeat) throw repeat;
      if (claim && !(result instanceof ApiError)) await keepAnswer(manager, claim, result);
      return result as T;
    });
  }

  /** A second act would be taken for a repeat of the first: our own mistake. */
  private mustBeOnlyAct(claim: Claim | undefined): void {
    if (!claim) return;
    if (this.claimed.has(claim)) throw new Error('A request that is to be fulfilled once makes one act.');
    this.claimed.add(claim);
  }
}
