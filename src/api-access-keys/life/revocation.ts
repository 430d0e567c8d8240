import { Injectable } from '@nestjs/common';
import { accessKeyName, credentialName } from '../../access/principal.js';
import type { Act } from '../../acts/act.js';
import { Acts } from '../../acts/acts.js';
import { type Ended, MadeThings } from '../../acts/made.js';
import { Conflict } from '../../common/errors.js';
import { AccessKeyRows, type WhichKey } from '../access-key-rows.js';
import { ApiAccessKey } from '../access-key.entity.js';
import type { KeyScope } from '../key-scope.js';
import { isDead } from '../key-status.js';
import { subjectOf } from './key-subject.js';
import { MadeKeys } from './made-keys.js';

/** How a key is to be revoked. */
export interface Revocation {
  readonly reason?: string | null | undefined;
  /**
   * Take the keys that succeeded this one along: whoever stole it may have rotated it. `made_through_it`: only those that
   * were made through the key before them, by whoever held that. Default: of those only an unused one.
   */
  readonly includeSuccessors?: boolean | 'made_through_it' | undefined;
  /** Take the keys along that were made through this one (made-keys.ts). */
  readonly includeMade?: boolean | undefined;
  /** What the audit log is told besides. */
  readonly details?: Record<string, unknown> | undefined;
}

/** A revoked key, and what ended with it. */
export interface RevokedKey {
  readonly row: ApiAccessKey;
  readonly ended: readonly Ended[];
}

/** Ends keys for good, with the open links, grants and invitations made through them. Nothing brings a revoked key back. */
@Injectable()
export class KeyRevocation {
  constructor(
    private readonly acts: Acts,
    private readonly rows: AccessKeyRows,
    private readonly madeKeys: MadeKeys,
    private readonly made: MadeThings,
  ) {}

  /**
   * Revokes a key; holds for every request that starts after it returned. A key that is revoked already stays as it is,
   * with its first reason. Errors: NotFound; Conflict `reaches_other_organizations` for a manager and a user-wide key:
   * whoever wants it out forbids such keys by policy. Through itself a key takes along only successors that were made
   * through it: the others are the cure for its exposure. (A report that a key leaked takes all along while it lives:
   * presented/leak-reports.ts.)
   */
  revoke(scope: KeyScope, which: WhichKey, revocation: Revocation = {}): Promise<RevokedKey> {
    return this.acts.run(scope.authority, async (act) => {
      const { id, organizationId } = await this.rows.get(scope, which, act.manager);
      if (scope.rank === 'manager' && organizationId === null) throw reachesOthers();
      const itself = scope.authority.as === 'itself' && revocation.includeSuccessors === true;
      const bounded: Revocation = itself
        ? { ...revocation, includeSuccessors: 'made_through_it' }
        : revocation;
      const ended = await this.revokeAlong(act, id, bounded, async () => act.judge());
      return {
        row: await this.rows.get(scope, { id }, act.manager),
        ended: ended.filter((one) => one.type !== 'access_key' || one.id !== id),
      };
    });
  }

  /**
   * The same, in an act that found the key already. `judge` is asked once the key is held. Gives all that ended, the key
   * first, unless it was dead.
   */
  async revokeAlong(
    act: Act,
    id: number,
    { reason, includeSuccessors = false, includeMade = false, details }: Revocation,
    judge: () => Promise<void> = async () => undefined,
  ): Promise<Ended[]> {
    // Locks go from older to newer keys everywhere: predecessor, key, successors.
    await this.rows.releasePredecessor(id, act.manager);
    const ended: Ended[] = [];
    for (let next: number | null = id; next !== null;) {
      const row: ApiAccessKey = await this.rows.holdById(next, act.manager);
      if (row.id === id) await judge();
      ended.push(...(await this.end(act, row, reason || null, details)));
      next = (await this.takesAlong(act, row, includeSuccessors)) ? row.replacedById : null;
    }
    if (!includeMade) return ended;
    for (const row of await this.madeKeys.hold(id, act.manager)) {
      await this.rows.releasePredecessor(row.id, act.manager);
      ended.push(...(await this.end(act, row, reason || null, details)));
    }
    return ended;
  }

  /** Whether the successor ends with a key: asked for, or unused and made through the key itself. */
  private async takesAlong(
    { manager }: Act,
    row: ApiAccessKey,
    include: boolean | 'made_through_it',
  ): Promise<boolean> {
    if (row.replacedById === null) return false;
    if (include === true) return true;
    const successor = await manager.findOneByOrFail(ApiAccessKey, { id: row.replacedById });
    if (successor.issuedVia !== accessKeyName(row.id)) return false;
    return include === 'made_through_it' || row.retiresAt === null;
  }

  private async end(
    act: Act,
    row: ApiAccessKey,
    reason: string | null,
    details: Record<string, unknown> = {},
  ): Promise<Ended[]> {
    const { credential } = act.by;
    const { affected } = await act.manager
      .createQueryBuilder()
      .update(ApiAccessKey)
      .set({
        revokedAt: () => 'app_now()',
        revokedById: act.by.userId,
        revokeReason: reason,
        ...(!isDead(row.status) && { endedVia: credential && credentialName(credential) }),
        version: () => 'version + 1',
      })
      .where('id = :id AND revoked_at IS NULL', { id: row.id })
      .execute();
    if (affected)
      await act.record('access_key.revoked', subjectOf(row), { prefix: row.prefix, reason, ...details });
    const made = await this.made.endOpen(act, accessKeyName(row.id));
    return affected ? [{ type: 'access_key', id: row.id }, ...made] : made;
  }
}

function reachesOthers(): Conflict {
  return new Conflict(
    'reaches_other_organizations',
    'This key reaches other organizations as well. Its user or staff can revoke it; the policy of this organization can shut out all such keys.',
  );
}
