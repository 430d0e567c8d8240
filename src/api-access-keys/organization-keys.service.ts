import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Membership } from '../access/principal.js';
import { Conflict } from '../common/errors.js';
import type { Page } from '../common/list.js';
import { lockAsMember } from '../organizations/authority.js';
import type { KeyListQuery } from './access-key-list.dto.js';
import { AccessKeyRows } from './access-key-rows.js';
import type { ApiAccessKey } from './access-key.entity.js';
import { asManager } from './key-authority.js';
import { KeyRevocation, type Revocation } from './life/revocation.js';

/** The keys that reach an organization, as its managers oversee them. */
@Injectable()
export class OrganizationKeysService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly rows: AccessKeyRows,
    private readonly revocation: KeyRevocation,
  ) {}

  /** The keys confined to the organization, and its members' user-wide ones. */
  list(member: Membership, query: KeyListQuery): Promise<Page<ApiAccessKey>> {
    return this.rows.list(asManager(member), query);
  }

  /** Errors: NotFound. */
  get(member: Membership, id: number): Promise<ApiAccessKey> {
    return this.rows.get(asManager(member), { id });
  }

  /**
   * Revokes a key that is confined to the organization. Errors: NotFound; PermissionDenied when the manager lost the
   * right meanwhile; Conflict `reaches_other_organizations` for a user-wide key: whoever wants it out forbids such keys
   * by policy.
   */
  revoke(member: Membership, id: number, revocation: Revocation): Promise<ApiAccessKey> {
    return this.dataSource.transaction(async (manager) => {
      await lockAsMember(manager, member, 'access_key.manage');
      const { organizationId } = await this.rows.get(asManager(member), { id }, manager);
      if (organizationId === null) {
        throw new Conflict(
          'reaches_other_organizations',
          'This key reaches other organizations as well. Its user or staff can revoke it; the policy of this organization can shut out all such keys.',
        );
      }
      await this.revocation.revokeAlong(manager, member.principal, id, revocation);
      return this.rows.get(asManager(member), { id }, manager);
    });
  }

  exists(member: Membership, id: number): Promise<boolean> {
    return this.rows.exists(asManager(member), id);
  }
}
