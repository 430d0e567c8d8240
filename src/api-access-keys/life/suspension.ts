import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AuditService } from '../../audit/audit.service.js';
import { Conflict, PermissionDenied } from '../../common/errors.js';
import { AccessKeyRows, type WhichKey } from '../access-key-rows.js';
import { ApiAccessKey } from '../access-key.entity.js';
import { type KeyAuthority, mustStillHold, outranks } from '../key-authority.js';
import { keyEvent } from './key-event.js';
import { mustBeAhead } from './expiry.js';
import { KeyRecipients } from './recipient.js';
import { mustLive } from '../key-status.js';

/** Stops keys for a while: a suspended key opens nothing until its time is over or somebody resumes it. */
@Injectable()
export class KeySuspension {
  constructor(
    private readonly dataSource: DataSource,
    private readonly rows: AccessKeyRows,
    private readonly recipients: KeyRecipients,
    private readonly audit: AuditService,
  ) {}

  /**
   * Suspends a key until `until`, or until it is resumed; suspending it again moves that time. Errors: NotFound,
   * InvalidInput for a time that is past, PermissionDenied when a higher authority suspended it, Conflict `key_not_live`.
   */
  suspend(authority: KeyAuthority, which: WhichKey, until: Date | null): Promise<ApiAccessKey> {
    return this.act(authority, which, async (manager, row) => {
      mustLive(row);
      await mustBeAhead(manager, until, 'until');
      await manager
        .createQueryBuilder()
        .update(ApiAccessKey)
        .set({
          suspendedAt: () => 'app_now()',
          suspendedUntil: until,
          suspendedAs: authority.rank,
          version: () => 'version + 1',
        })
        .where('id = :id AND revoked_at IS NULL', { id: row.id })
        .execute();
      await this.audit.record(manager, keyEvent(authority.by, 'access_key.suspended', row, { until }));
    });
  }

  /**
   * Lets a suspended key work again. Errors: NotFound, PermissionDenied when a higher authority suspended it and for a key of
   * staff through a key, Conflict `not_suspended`.
   */
  resume(authority: KeyAuthority, which: WhichKey): Promise<ApiAccessKey> {
    return this.act(authority, which, async (manager, row) => {
      await this.recipients.mustBeOpenTo(manager, authority.by, row);
      if (row.status !== 'suspended') throw new Conflict('not_suspended', 'This key is not suspended.');
      await manager
        .createQueryBuilder()
        .update(ApiAccessKey)
        .set({ suspendedAt: null, suspendedUntil: null, suspendedAs: null, version: () => 'version + 1' })
        .where('id = :id', { id: row.id })
        .execute();
      await this.audit.record(manager, keyEvent(authority.by, 'access_key.resumed', row));
    });
  }

  private act(
    authority: KeyAuthority,
    which: WhichKey,
    change: (manager: EntityManager, row: ApiAccessKey) => Promise<void>,
  ): Promise<ApiAccessKey> {
    return this.dataSource.transaction(async (manager) => {
      await mustStillHold(manager, authority);
      const row = await this.rows.hold(authority, which, manager);
      if (row.status === 'suspended' && outranks(row.suspendedAs, authority.rank)) {
        throw new PermissionDenied('This key was suspended by a higher authority.');
      }
      await change(manager, row);
      return this.rows.get(authority, { id: row.id }, manager);
    });
  }
}
