import { Injectable } from '@nestjs/common';
import { DataSource, IsNull } from 'typeorm';
import type { Actor } from '../../access/principal.js';
import { AuditService } from '../../audit/audit.service.js';
import { ApiAccessKey } from '../access-key.entity.js';
import { keyEvent } from '../life/key-event.js';
import { KeyProof } from './key-proof.js';
import { isDead } from '../key-status.js';
import { KeyRevocation } from '../life/revocation.js';

export const LEAK_OUTCOMES = ['revoked', 'already_revoked', 'unknown'] as const;
export type LeakOutcome = (typeof LEAK_OUTCOMES)[number];

const REASON = 'Reported as leaked.';

/** Revokes keys that somebody found where they don't belong. Holding a key is all that it takes to end it. */
@Injectable()
export class LeakReports {
  constructor(
    private readonly dataSource: DataSource,
    private readonly proof: KeyProof,
    private readonly revocation: KeyRevocation,
    private readonly audit: AuditService,
  ) {}

  /**
   * Revokes each key together with its successors: whoever found it could have rotated it. A key that was dead already
   * takes along only the successors that were made through it: the others are the cure for its exposure, and who holds
   * nothing but a dead key must not be able to end them. Gives the outcomes in the
   * order of the texts. Each key is its own transaction, so nothing about one stands in the way of another, and a report
   * that broke off can be repeated.
   */
  async report(by: Actor, texts: readonly string[]): Promise<LeakOutcome[]> {
    const outcomes: LeakOutcome[] = [];
    for await (const id of this.proof.prove(texts, by.origin.ip)) {
      outcomes.push(id === undefined ? 'unknown' : await this.end(by, id));
    }
    return outcomes;
  }

  private end(by: Actor, id: number): Promise<LeakOutcome> {
    return this.dataSource.transaction(async (manager) => {
      const { status } = await manager.findOneByOrFail(ApiAccessKey, { id });
      const ended = await this.revocation.revokeAlong(manager, by, id, {
        reason: REASON,
        includeSuccessors: isDead(status) ? 'own' : true,
      });
      const { affected } = await manager.update(
        ApiAccessKey,
        { id, reportedLeakedAt: IsNull() },
        { reportedLeakedAt: () => 'app_now()' },
      );
      if (affected) {
        const row = await manager.findOneByOrFail(ApiAccessKey, { id });
        await this.audit.record(manager, keyEvent(by, 'access_key.reported_leaked', row, { revoked: ended }));
      }
      return ended.includes(id) ? 'revoked' : 'already_revoked';
    });
  }
}
