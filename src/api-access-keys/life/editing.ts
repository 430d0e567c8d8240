import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { AccessLevel } from '../../access/access-level.js';
import { AuditService } from '../../audit/audit.service.js';
import { writeAtVersion } from '../../common/edit-version.js';
import { Conflict, type FieldErrors, InvalidInput } from '../../common/errors.js';
import { AccessKeyRows } from '../access-key-rows.js';
import { ApiAccessKey } from '../access-key.entity.js';
import { type KeyAuthority, mustStillHold } from '../key-authority.js';
import { keyEvent } from './key-event.js';
import { pastProblem } from './expiry.js';

export interface KeyChanges {
  readonly name?: string | undefined;
  readonly accessLevel?: AccessLevel | undefined;
  readonly expiresAt?: Date | null | undefined;
}

/** Renames keys and narrows what they may do. Nothing about a key is ever widened: that takes a new key. */
@Injectable()
export class KeyEditing {
  constructor(
    private readonly dataSource: DataSource,
    private readonly rows: AccessKeyRows,
    private readonly audit: AuditService,
  ) {}

  /**
   * Errors: NotFound, InvalidInput for a wider level or a later or past expiry, Conflict `key_revoked` or
   * `edit_conflict`.
   */
  change(
    authority: KeyAuthority,
    id: number,
    changes: KeyChanges,
    version: number | undefined,
  ): Promise<ApiAccessKey> {
    return this.dataSource.transaction(async (manager) => {
      await mustStillHold(manager, authority);
      const row = await this.rows.hold(authority, { id }, manager);
      if (row.revokedAt !== null) throw new Conflict('key_revoked', 'Revocation is final.');
      const problems = { ...(await pastProblem(manager, changes.expiresAt)), ...widened(row, changes) };
      if (Object.keys(problems).length > 0) throw new InvalidInput(problems);
      const { name = row.name, accessLevel = row.accessLevel, expiresAt = row.expiresAt } = changes;
      const write = manager
        .createQueryBuilder()
        .update(ApiAccessKey)
        .set({ name, accessLevel, expiresAt, version: () => 'version + 1' })
        .where('id = :id AND revoked_at IS NULL', { id });
      await writeAtVersion(write, version);
      await this.audit.record(
        manager,
        keyEvent(authority.by, 'access_key.changed', row, {
          name,
          access_level: accessLevel,
          expires_at: expiresAt,
        }),
      );
      return this.rows.get(authority, { id }, manager);
    });
  }
}

function widened(row: ApiAccessKey, { accessLevel, expiresAt }: KeyChanges): FieldErrors {
  const wider = row.accessLevel === 'read_only' && accessLevel === 'full_access';
  const later =
    expiresAt !== undefined && row.expiresAt !== null && (expiresAt === null || expiresAt > row.expiresAt);
  return {
    ...(wider && { access_level: ['The level of a key can only be narrowed.'] }),
    ...(later && { expires_at: ['The expiry of a key can only be brought forward.'] }),
  };
}
