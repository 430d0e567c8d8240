import { Injectable } from '@nestjs/common';
import { outranks, type Rank } from '../../access/rank.js';
import type { Act } from '../../acts/act.js';
import { Acts } from '../../acts/acts.js';
import { Conflict, PermissionDenied } from '../../common/errors.js';
import { AccessKeyRows, type WhichKey } from '../access-key-rows.js';
import { ApiAccessKey } from '../access-key.entity.js';
import type { KeyScope } from '../key-scope.js';
import { mustLive } from '../key-status.js';
import { mustBeInFuture } from './future.js';
import { KeyIssuing } from './issuing.js';
import { subjectOf } from './key-subject.js';

/** Stops keys for a while: a suspended key opens nothing until its time is over or somebody resumes it. */
@Injectable()
export class KeySuspension {
  constructor(
    private readonly acts: Acts,
    private readonly rows: AccessKeyRows,
    private readonly issuing: KeyIssuing,
  ) {}

  /**
   * Suspends a key until `until`, or until it is resumed; suspending it again moves that time. An unused successor follows.
   * Errors: NotFound, InvalidInput for a time that is past, PermissionDenied when a higher authority suspended it, Conflict
   * `key_not_live`; those of `resume` for an end that is sooner than it was.
   */
  suspend(scope: KeyScope, which: WhichKey, until: Date | null): Promise<ApiAccessKey> {
    return this.act(scope, which, async (act, row) => {
      await act.judge(); // now: it may be the caller's own
      await mustBeInFuture(act.manager, 'until', until);
      mustLive(row);
      await this.suspendRow(act, scope.rank, row, until);
      const successor = await this.rows.holdUnusedSuccessor(row, act.manager);
      if (successor && !outranked(successor, scope.rank)) {
        await this.suspendRow(act, scope.rank, successor, until, { followed: row.id });
      }
    });
  }

  /**
   * Lets a suspended key work again, and its unused successor with it. Errors: NotFound, PermissionDenied when a higher
   * authority suspended it and for a key of staff through a key, Conflict `not_suspended` and what stands against the key
   * (life/issuing.ts).
   */
  resume(scope: KeyScope, which: WhichKey): Promise<ApiAccessKey> {
    return this.act(scope, which, async (act, row) => {
      if (!row.isSuspended) throw new Conflict('not_suspended', 'This key is not suspended.');
      await this.issuing.mustBeResumable(act, row);
      await this.resumeRow(act, row);
      const successor = await this.rows.holdUnusedSuccessor(row, act.manager);
      if (successor?.isSuspended && !outranked(successor, scope.rank)) {
        await this.resumeRow(act, successor, { followed: row.id });
      }
    });
  }

  /**
   * Suspends a live key that the act holds, as `rank`, whoever acts. A suspension that is to end sooner than it was lets the
   * key come back, and is judged as that (life/issuing.ts).
   */
  async suspendRow(
    act: Act,
    rank: Rank,
    row: ApiAccessKey,
    until: Date | null,
    details: Record<string, unknown> = {},
  ): Promise<void> {
    if (endsSooner(row, until)) await this.issuing.mustBeResumable(act, row);
    await act.manager.update(
      ApiAccessKey,
      { id: row.id },
      {
        suspendedAt: () => 'app_now()',
        suspendedUntil: until,
        suspendedAs: rank,
        version: () => 'version + 1',
      },
    );
    await act.record('access_key.suspended', subjectOf(row), { prefix: row.prefix, until, ...details });
  }

  private async resumeRow(act: Act, row: ApiAccessKey, details: Record<string, unknown> = {}): Promise<void> {
    await act.manager.update(
      ApiAccessKey,
      { id: row.id },
      { suspendedAt: null, suspendedUntil: null, suspendedAs: null, version: () => 'version + 1' },
    );
    await act.record('access_key.resumed', subjectOf(row), { prefix: row.prefix, ...details });
  }

  private act(
    scope: KeyScope,
    which: WhichKey,
    change: (act: Act, row: ApiAccessKey) => Promise<void>,
  ): Promise<ApiAccessKey> {
    return this.acts.run(scope.authority, async (act) => {
      const row = await this.rows.hold(scope, which, act.manager);
      if (outranked(row, scope.rank)) {
        throw new PermissionDenied('This key was suspended by a higher authority.');
      }
      await change(act, row);
      return this.rows.get(scope, { id: row.id }, act.manager);
    });
  }
}

function endsSooner({ isSuspended, suspendedUntil }: ApiAccessKey, until: Date | null): boolean {
  return isSuspended && until !== null && (suspendedUntil === null || until < suspendedUntil);
}

function outranked({ isSuspended, suspendedAs }: ApiAccessKey, rank: Rank): boolean {
  return isSuspended && outranks(suspendedAs, rank);
}
