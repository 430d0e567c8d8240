import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { AccessLevel } from '../access/access-level.js';
import { type Actor, OPERATOR, type Principal } from '../access/principal.js';
import type { Page } from '../common/list.js';
import type { IssuedKey } from './access-key.dto.js';
import { mustStillBeStaff } from '../users/still-staff.js';
import type { KeyListQuery } from './access-key-list.dto.js';
import { AccessKeyRows, type WhichKey } from './access-key-rows.js';
import type { ApiAccessKey } from './access-key.entity.js';
import { asStaff } from './key-authority.js';
import { KeyMinting } from './life/minting.js';
import { KeyRecipients } from './life/recipient.js';
import { KeyRevocation } from './life/revocation.js';

/** What staff or the operator ask for when they issue a key. */
export interface KeyOrder {
  /** Whose rights it acts with. */
  readonly userId: number;
  /** Confines the key to this organization; none: user-wide. */
  readonly organizationId?: number | null | undefined;
  readonly accessLevel: AccessLevel;
  readonly name: string;
  /** None: it doesn't expire. */
  readonly expiresAt?: Date | null | undefined;
  /** Opens admin paths. */
  readonly admin?: boolean | undefined;
}

/** Access keys as staff and the operator handle them: all of them. */
@Injectable()
export class AccessKeysService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly rows: AccessKeyRows,
    private readonly recipients: KeyRecipients,
    private readonly minting: KeyMinting,
    private readonly revocation: KeyRevocation,
  ) {}

  /**
   * Issues a key and gives it in clear, once. Errors: InvalidInput for an unknown or inactive user, an organization that
   * the user is no member of, an expiry that isn't in the future, an admin key for who isn't staff or in one organization;
   * PermissionDenied for a staff member's key through a key; ServiceUnavailable when no free prefix was drawn.
   */
  issue(
    by: Actor,
    { organizationId = null, expiresAt = null, admin = false, ...order }: KeyOrder,
  ): Promise<IssuedKey> {
    const plan = { ...order, organizationId, expiresAt, admin };
    return this.dataSource.transaction(async (manager) => {
      await mustStillBeStaff(manager, by);
      await this.recipients.check(manager, by, plan);
      return this.minting.mint(manager, by, plan, 'access_key.issued');
    });
  }

  /** Revokes a key for good; see KeyRevocation. Errors: NotFound. */
  revoke(by: Actor, which: WhichKey, reason?: string | null): Promise<ApiAccessKey> {
    return this.revocation.revoke(asStaff(by), which, { reason });
  }

  /** A page of all keys, newest first. */
  listAll(query: KeyListQuery): Promise<Page<ApiAccessKey>> {
    return this.rows.list(asStaff(OPERATOR), query);
  }

  /** Errors: NotFound. */
  get(by: Principal, id: number): Promise<ApiAccessKey> {
    return this.rows.get(asStaff(by), { id });
  }

  exists(by: Principal, id: number): Promise<boolean> {
    return this.rows.exists(asStaff(by), id);
  }
}
