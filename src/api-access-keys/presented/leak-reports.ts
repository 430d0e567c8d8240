import { Injectable } from '@nestjs/common';
import { type EntityManager, IsNull } from 'typeorm';
import type { Actor } from '../../access/principal.js';
import type { Act } from '../../acts/act.js';
import { Acts } from '../../acts/acts.js';
import { unjudged } from '../../acts/authority.js';
import type { Ended } from '../../acts/made.js';
import { AccessKeyRows } from '../access-key-rows.js';
import { ApiAccessKey } from '../access-key.entity.js';
import { isDead } from '../key-status.js';
import { subjectOf } from '../life/key-subject.js';
import { MadeKeys } from '../life/made-keys.js';
import { KeyRevocation } from '../life/revocation.js';
import { KeySuspension } from '../life/suspension.js';
import { KeyProof } from './key-proof.js';

export const LEAK_OUTCOMES = ['revoked', 'already_revoked', 'unknown'] as const;
export type LeakOutcome = (typeof LEAK_OUTCOMES)[number];

const REASON = 'Reported as leaked.';

/** Revokes keys that somebody found where they don't belong. Holding a key is all that it takes to end it. */
@Injectable()
export class LeakReports {
  constructor(
    private readonly acts: Acts,
    private readonly rows: AccessKeyRows,
    private readonly proof: KeyProof,
    private readonly revocation: KeyRevocation,
    private readonly suspension: KeySuspension,
    private readonly made: MadeKeys,
  ) {}

  /**
   * Revokes each key together with its successors, for whoever found it could have rotated it, and suspends as staff what
   * was made through it: staff resume or revoke that. A key that was dead already takes along only the successors that
   * were made through it: the others are the cure for its exposure, and who holds nothing but a dead key must not be able
   * to end them; what else it made is only named to staff, unless it died through a key, for that may have been the
   * thief's doing (docs/adr/0063). Gives the outcomes in the order of the texts, and nothing of
   * what else ended. Each key is its own act, so nothing about one stands in the way of another, and a report that broke
   * off can be repeated.
   */
  async report(by: Actor, texts: readonly string[]): Promise<LeakOutcome[]> {
    const outcomes: LeakOutcome[] = [];
    for await (const id of this.proof.prove(texts, by.origin.ip)) {
      outcomes.push(id === undefined ? 'unknown' : await this.end(by, id));
    }
    return outcomes;
  }

  private end(by: Actor, id: number): Promise<LeakOutcome> {
    return this.acts.run(unjudged(by, 'whoever holds a whole key may end it'), async (act) => {
      const { status, reportedLeakedAt } = await this.rows.holdAfterPredecessor(id, act.manager);
      // Once: what staff let work again since, nobody stops with a key that opens nothing.
      const suspends =
        !isDead(status) || (reportedLeakedAt === null && (await diedThroughKey(act.manager, id)));
      const ended = await this.revocation.revokeAlong(act, id, {
        reason: REASON,
        includeSuccessors: isDead(status) ? 'made_through_it' : true,
      });
      const suspended = suspends ? await this.suspendMade(act, id) : [];
      await this.note(act, id, ended, suspended);
      return ended.some((one) => one.type === 'access_key' && one.id === id) ? 'revoked' : 'already_revoked';
    });
  }

  /**
   * The keys that were made through this one. One that has expired, too: what it made outlives it, and nobody resumes it any
   * more.
   */
  private async suspendMade(act: Act, id: number): Promise<number[]> {
    const suspended: number[] = [];
    for (const row of await this.made.hold(id, act.manager)) {
      if (row.status === 'revoked') continue;
      await this.suspension.suspendRow(act, 'staff', row, null, { made_through_leaked: id });
      suspended.push(row.id);
    }
    return suspended;
  }

  private async note(act: Act, id: number, ended: readonly Ended[], suspended: number[]): Promise<void> {
    const first = await markReported(act.manager, id);
    if (!first) return;
    const row = await act.manager.findOneByOrFail(ApiAccessKey, { id });
    const made = await this.made.list(id, act.manager);
    await act.record('access_key.reported_leaked', subjectOf(row), {
      prefix: row.prefix,
      revoked: ended.filter(({ type }) => type === 'access_key').map((one) => one.id),
      ended: ended.filter(({ type }) => type !== 'access_key').map(({ type, id: of }) => `${type}:${of}`),
      suspended,
      made: made.map(({ type, id: of }) => `${type}:${of}`),
    });
  }
}

/**
 * Whether the end of a dead key came through a key: one that revoked it or brought its expiry forward, or one through which
 * its successor was made, whose first use then ended it. Whichever of these ends was the first.
 */
async function diedThroughKey(manager: EntityManager, id: number): Promise<boolean> {
  const [row] = await manager.query<{ via: string | null }[]>(
    `SELECT CASE WHEN k.retires_at = least(k.retires_at, k.expires_at, k.revoked_at) THEN successor.issued_via
       ELSE k.ended_via END AS via
     FROM access_keys k LEFT JOIN access_keys successor ON successor.id = k.replaced_by_id WHERE k.id = $1`,
    [id],
  );
  return row?.via?.startsWith('access_key:') ?? false;
}

/** `false`: it was reported before. */
async function markReported(manager: EntityManager, id: number): Promise<boolean> {
  const { affected } = await manager.update(
    ApiAccessKey,
    { id, reportedLeakedAt: IsNull() },
    { reportedLeakedAt: () => 'app_now()' },
  );
  return affected === 1;
}
