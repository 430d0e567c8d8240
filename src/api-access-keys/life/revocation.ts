import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { Actor } from '../../access/principal.js';
import { AuditService } from '../../audit/audit.service.js';
import { ApiAccessKey } from '../access-key.entity.js';
import { keyEvent } from './key-event.js';
import type { KeyAuthority } from '../key-authority.js';
import { AccessKeyRows, type WhichKey } from '../access-key-rows.js';

/** How a key is to be revoked. */
export interface Revocation {
  readonly reason?: string | null | undefined;
  /**
   * Take the keys that succeeded this one along: whoever stole it may have rotated it. `own`: only those that were made
   * through the key before them, by whoever held that.
   */
  readonly includeSuccessors?: boolean | 'own' | undefined;
}

/** Ends keys for good. Nothing brings a revoked key back. */
@Injectable()
export class KeyRevocation {
  constructor(
    private readonly dataSource: DataSource,
    private readonly rows: AccessKeyRows,
    private readonly audit: AuditService,
  ) {}

  /**
   * Revokes a key; holds for every request that starts after it returned. A key that is revoked already stays as it is,
   * with its first reason. Errors: NotFound.
   */
  revoke(authority: KeyAuthority, which: WhichKey, revocation: Revocation = {}): Promise<ApiAccessKey> {
    return this.dataSource.transaction(async (manager) => {
      const { id } = await this.rows.get(authority, which, manager);
      await this.revokeAlong(manager, authority.by, id, revocation);
      return this.rows.get(authority, { id }, manager);
    });
  }

  /** The same, of a key that was found already, through the act's own transaction. Gives the ids that it ended. */
  async revokeAlong(
    manager: EntityManager,
    by: Actor,
    id: number,
    { reason, includeSuccessors = false }: Revocation,
  ): Promise<number[]> {
    // Locks go from older to newer keys everywhere: predecessor, key, successors.
    await this.releasePredecessor(manager, id);
    const ended: number[] = [];
    for (let next: number | null = id; next !== null;) {
      const row: ApiAccessKey = await manager.findOneOrFail(ApiAccessKey, {
        where: { id: next },
        lock: { mode: 'pessimistic_write' },
      });
      if (await this.end(manager, by, row, reason || null)) ended.push(row.id);
      next = includeSuccessors ? row.replacedById : null;
      if (next !== null && includeSuccessors === 'own' && !(await wasMadeThrough(manager, row.id, next)))
        break;
    }
    return ended;
  }

  private async end(
    manager: EntityManager,
    by: Actor,
    row: ApiAccessKey,
    reason: string | null,
  ): Promise<boolean> {
    const { affected } = await manager
      .createQueryBuilder()
      .update(ApiAccessKey)
      .set({
        revokedAt: () => 'app_now()',
        revokedById: by.userId,
        revokeReason: reason,
        version: () => 'version + 1',
      })
      .where('id = :id AND revoked_at IS NULL', { id: row.id })
      .execute();
    if (!affected) return false;
    await this.audit.record(manager, keyEvent(by, 'access_key.revoked', row, { reason }));
    return true;
  }

  /** A key whose successor dies unused has none any more: it lives on and can be rotated again. */
  private async releasePredecessor(manager: EntityManager, id: number): Promise<void> {
    await manager
      .createQueryBuilder()
      .update(ApiAccessKey)
      .set({ replacedById: null, graceSeconds: null, version: () => 'version + 1' })
      .where('replaced_by_id = :id AND retires_at IS NULL AND revoked_at IS NULL', { id })
      .execute();
  }
}

/** Whether a key was issued by a request that another key made. */
function wasMadeThrough(manager: EntityManager, maker: number, id: number): Promise<boolean> {
  return manager.existsBy(ApiAccessKey, { id, issuedVia: `access_key:${maker}` });
}
