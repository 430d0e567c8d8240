import type { ExpectedVersions } from '../common/edit-version.js';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { newNetworks } from '../access/allowed-networks.js';
import type { AccessLevel } from '../access/access-level.js';
import { actsAsStaff } from '../access/judgement.js';
import type { Permission } from '../access/permissions.js';
import type { Actor, Principal } from '../access/principal.js';
import { Acts } from '../acts/acts.js';
import { asOwner, asStaff } from '../acts/authority.js';
import type { MadeThing } from '../acts/made.js';
import type { Page } from '../common/list.js';
import { OrganizationsService } from '../organizations/organizations.service.js';
import type { IssuedKey } from './access-key.dto.js';
import type { KeyListQuery } from './access-key-list.dto.js';
import { AccessKeyRows, type WhichKey } from './access-key-rows.js';
import type { ApiAccessKey } from './access-key.entity.js';
import type { Excerpt, KeyNeed } from './key-needs.js';
import type { KeyScope } from './key-scope.js';
import { KeyEditing, type KeyChanges } from './life/editing.js';
import { KeyIssuing } from './life/issuing.js';
import { MadeKeys } from './life/made-keys.js';
import { KeyRevocation, type Revocation, type RevokedKey } from './life/revocation.js';
import { KeyRotation, type Rotation } from './life/rotation.js';
import { KeySuspension } from './life/suspension.js';

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
  /** Where alone it works from; none: from everywhere. */
  readonly allowedNetworks?: string[] | null | undefined;
}

/** What a user asks for. There is no user-wide self-serve: each organization decides for itself. */
export interface OwnKeyOrder {
  readonly organizationId: number;
  readonly accessLevel: AccessLevel;
  readonly name: string;
  /** None: in 90 days, or as many as the policy gives. */
  readonly expiresAt: Date | null;
  /** Where alone it works from; none: from everywhere. */
  readonly allowedNetworks: string[] | null;
}

/** What a role must permit to see such things of others in its organization. */
const SEEN_BY: Readonly<Record<string, Permission>> = {
  access_key: 'access_key.view',
  access_key_grant: 'access_key.view',
  invitation: 'member.view',
};

/**
 * Access keys, from issue to revocation: what controllers and the command line call. Every method but the two that issue
 * takes the scope of the caller (key-scope.ts): which keys there are for them, and as what they act.
 */
@Injectable()
export class AccessKeysService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly acts: Acts,
    private readonly rows: AccessKeyRows,
    private readonly issuing: KeyIssuing,
    private readonly editing: KeyEditing,
    private readonly suspension: KeySuspension,
    private readonly rotation: KeyRotation,
    private readonly revocation: KeyRevocation,
    private readonly made: MadeKeys,
    private readonly organizations: OrganizationsService,
  ) {}

  /**
   * Issues a key for a user and gives it in clear, once. Errors: InvalidInput for an unknown or inactive user, an
   * organization that the user is no member of, an expiry that isn't in the future, an admin key for who isn't staff or in
   * one organization; PermissionDenied for a staff member's key through a key; ServiceUnavailable when no free prefix was
   * drawn.
   */
  issue(by: Actor, order: KeyOrder): Promise<IssuedKey> {
    const { organizationId = null, expiresAt = null, admin = false, allowedNetworks = null, ...rest } = order;
    const networks = newNetworks(allowedNetworks, 'staff');
    return this.acts.run(asStaff(by), (act) =>
      this.issuing.issue(act, 'issue', { ...rest, organizationId, expiresAt, admin, ...networks }),
    );
  }

  /**
   * Issues a key of the caller's own, under the organization's policy. Errors: InvalidInput for an organization that the
   * caller is no member of, or an expiry that is past or later than the policy allows; PermissionDenied when the policy
   * allows no such keys or the role doesn't permit to issue them.
   */
  issueOwn(by: Principal, { expiresAt, allowedNetworks, ...order }: OwnKeyOrder): Promise<IssuedKey> {
    const networks = newNetworks(allowedNetworks, 'user');
    const own = {
      ...{ ...order, ...networks },
      ...{ userId: by.userId, admin: false, expiresAt: expiresAt ?? undefined },
    };
    return this.acts.run(asOwner(by), (act) => this.issuing.issue(act, 'own_issue', own));
  }

  /** A page of keys, newest first. */
  list(scope: KeyScope, query: KeyListQuery): Promise<Page<ApiAccessKey>> {
    return this.rows.list(scope, query);
  }

  /** What the caller's own keys need. */
  listNeeds({ userId }: Principal): Promise<Record<KeyNeed, Excerpt<ApiAccessKey>>> {
    return this.rows.listNeeds(userId);
  }

  /** Errors: NotFound. */
  get(scope: KeyScope, which: WhichKey): Promise<ApiAccessKey> {
    return this.rows.get(scope, which);
  }

  exists(scope: KeyScope, id: number): Promise<boolean> {
    return this.rows.exists(scope, id);
  }

  /**
   * What was made through a key, oldest first of each kind. Its user is told what they may know of it now: their own, and
   * of others what their role lets them see in an organization that the credential reaches; what is in no organization
   * belongs to staff. People who are staff are told all. Errors: NotFound.
   */
  async listMade(scope: KeyScope, id: number): Promise<MadeThing[]> {
    await this.rows.get(scope, { id });
    const made = await this.made.list(id, this.dataSource.manager);
    const { authority } = scope;
    return authority.as === 'owner' ? this.known(authority.by, made) : made;
  }

  private async known(by: Principal, made: readonly MadeThing[]): Promise<MadeThing[]> {
    const isStaff = actsAsStaff(by);
    if (isStaff && by.credential.scheme !== 'access_key') return [...made];
    const reached = await this.organizations.listMemberships(by);
    const held = new Map(reached.map((one) => [one.id, one.permissions]));
    return made.filter(({ type, organizationId, userId }) => {
      const own = userId === by.userId;
      if (organizationId === null) return own || isStaff;
      const permissions = held.get(organizationId);
      return permissions !== undefined && (own || permissions.some((one) => one === SEEN_BY[type]));
    });
  }

  /** Renames a key or narrows it: KeyEditing. */
  change(
    scope: KeyScope,
    id: number,
    changes: KeyChanges,
    versions?: ExpectedVersions,
  ): Promise<ApiAccessKey> {
    return this.editing.change(scope, id, changes, versions);
  }

  /** Stops a key until `until`, or until it is resumed: KeySuspension. */
  suspend(scope: KeyScope, which: WhichKey, until: Date | null): Promise<ApiAccessKey> {
    return this.suspension.suspend(scope, which, until);
  }

  /** Lets a suspended key work again: KeySuspension. */
  resume(scope: KeyScope, which: WhichKey): Promise<ApiAccessKey> {
    return this.suspension.resume(scope, which);
  }

  /** Makes the successor of a key: KeyRotation. */
  rotate(scope: KeyScope, which: WhichKey, rotation?: Rotation): Promise<IssuedKey> {
    return this.rotation.rotate(scope, which, rotation);
  }

  /** Revokes a key for good: KeyRevocation. */
  revoke(scope: KeyScope, which: WhichKey, revocation?: Revocation): Promise<RevokedKey> {
    return this.revocation.revoke(scope, which, revocation);
  }
}
