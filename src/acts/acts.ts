import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AuditService } from '../audit/audit.service.js';
import { isDeadlock } from '../common/database-errors.js';
import { ApiError } from '../common/errors.js';
import { Act } from './act.js';
import type { Authority } from './authority.js';
import { judgeCaller, lockFor } from './caller.js';

/** How often an act is tried that lost a deadlock against another: it left nothing behind. */
const TRIES = 3;

/**
 * The one way to change anything (docs/adr/0045): a transaction in which the caller is judged once more, and which commits
 * the change together with its audit event, or neither. Nothing else opens a transaction.
 */
@Injectable()
export class Acts {
  constructor(
    private readonly dataSource: DataSource,
    private readonly audit: AuditService,
  ) {}

  /**
   * Runs `work` under `authority`. It may run more than once, when PostgreSQL has it give way to another act, so it does
   * nothing outside the transaction. Errors: those of the judgement (Act.judge), those of `work`.
   */
  async run<T>(authority: Authority, work: (act: Act) => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.tryOnce(authority, work);
      } catch (error) {
        if (isDeadlock(error) && tries < TRIES) continue;
        // Whose credential ended meanwhile is told that, and nothing of what the act found; it left nothing behind.
        if (error instanceof ApiError) await judgeCaller(this.dataSource.manager, authority);
        throw error;
      }
    }
  }

  private tryOnce<T>(authority: Authority, work: (act: Act) => Promise<T>): Promise<T> {
    return this.dataSource.transaction(async (manager) => {
      const held = await lockFor(manager, authority);
      const act = new Act(manager, authority.by, held, this.audit, () => judgeCaller(manager, authority));
      const result = await work(act);
      await act.judge();
      return result;
    });
  }
}
