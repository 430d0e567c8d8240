import { Injectable } from '@nestjs/common';
import { type EntityManager, IsNull } from 'typeorm';
import type { Act } from '../../acts/act.js';
import { Acts } from '../../acts/acts.js';
import { Conflict } from '../../common/errors.js';
import type { IssuedKey } from '../access-key.dto.js';
import { AccessKeyRows, type WhichKey } from '../access-key-rows.js';
import { ApiAccessKey } from '../access-key.entity.js';
import type { KeyScope } from '../key-scope.js';
import { mustLive } from '../key-status.js';
import { mustBeInFuture } from './future.js';
import { KeyIssuing, type KeyOrder } from './issuing.js';
import { KeyRevocation } from './revocation.js';
import type { WayName } from './ways.js';

export const DEFAULT_GRACE_SECONDS = 86_400;
export const LONGEST_GRACE_SECONDS = 30 * 86_400;

export interface Rotation {
  /** How long the old key outlives the first use of the new one. Default: a day. */
  readonly graceSeconds?: number | undefined;
  /** The successor's expiry. Default: as long a life from now as the old key was given, within its limits (expiry.ts). */
  readonly expiresAt?: Date | null | undefined;
}

/**
 * Replaces keys without downtime. The successor has the same reach and level, both work, and the old key's clock starts
 * only when the successor is first used (use/first-use.ts): who never stored the new key loses nothing. A rotation is an
 * issue: life/issuing.ts judges it.
 */
@Injectable()
export class KeyRotation {
  constructor(
    private readonly acts: Acts,
    private readonly rows: AccessKeyRows,
    private readonly issuing: KeyIssuing,
    private readonly revocation: KeyRevocation,
  ) {}

  /**
   * Makes the successor of a key; one that was made before and is unused is revoked. Errors: NotFound; those of
   * KeyIssuing.issue; Conflict `admin_key` for an admin key through a key, `key_not_live`, `key_suspended`,
   * `already_rotated`, `not_used_yet`.
   */
  rotate(scope: KeyScope, which: WhichKey, rotation?: Rotation): Promise<IssuedKey> {
    return this.acts.run(scope.authority, (act) => this.rotateIn(act, scope, which, rotation));
  }

  /** The same, as a part of another act of the same authority. */
  async rotateIn(
    act: Act,
    scope: KeyScope,
    which: WhichKey,
    { graceSeconds = DEFAULT_GRACE_SECONDS, expiresAt }: Rotation = {},
  ): Promise<IssuedKey> {
    const { old, order } = await this.orderOf(act, scope, which, expiresAt);
    const details = { replaces: old.id, grace_seconds: graceSeconds };
    const action = 'access_key.rotated';
    const successor = await this.issuing.issue(act, wayOf(scope), order, { old, action, details });
    if (old.replacedById !== null) {
      const reason = 'Replaced before its first use.';
      await this.revocation.revokeAlong(act, old.replacedById, { reason });
    }
    await act.manager
      .createQueryBuilder()
      .update(ApiAccessKey)
      .set({ replacedById: successor.row.id, graceSeconds, version: () => 'version + 1' })
      .where('id = :id', { id: old.id })
      .execute();
    return successor;
  }

  /** A key that can be rotated, held, and what its successor is to be. Errors: NotFound, InvalidInput, the Conflicts of `rotate`. */
  async orderOf(
    act: Act,
    scope: KeyScope,
    which: WhichKey,
    expiresAt: Rotation['expiresAt'],
  ): Promise<{ old: ApiAccessKey; order: KeyOrder }> {
    const old = await this.rows.hold(scope, which, act.manager);
    await mustBeInFuture(act.manager, 'expires_at', expiresAt);
    await mustBeRotatable(act, old);
    const order = {
      userId: old.userId,
      organizationId: old.organizationId,
      accessLevel: old.accessLevel,
      admin: old.admin && old.organizationId === null, // no confined key opens admin paths (ADR 0028)
      name: old.name,
      allowedNetworks: old.allowedNetworks, // as staff, its user or a manager set them: no rotation lifts them
      networksSetAs: old.networksSetAs,
      expiresAt,
    };
    return { old, order };
  }
}

/** A manager rotates none: whoever sees a new secret acts as its user (contract §4). */
function wayOf({ authority }: KeyScope): WayName {
  if (authority.as === 'itself') return 'self_rotation';
  return authority.as === 'owner' ? 'own_rotation' : 'staff_rotation';
}

async function mustBeRotatable({ by, manager }: Act, old: ApiAccessKey): Promise<void> {
  if (by.credential?.scheme === 'access_key' && old.admin) {
    throw new Conflict('admin_key', 'An admin key is rotated by session or JWT.');
  }
  if (old.retiresAt !== null) {
    throw new Conflict('already_rotated', 'This key was rotated and its successor is in use.');
  }
  mustLive(old);
  if (old.isSuspended) throw new Conflict('key_suspended', 'This key is suspended.');
  if (await waitsForFirstUse(manager, old)) {
    throw new Conflict('not_used_yet', 'This key is new: use it, or rotate the one that it replaces.');
  }
}

function waitsForFirstUse(manager: EntityManager, { id }: ApiAccessKey): Promise<boolean> {
  return manager.existsBy(ApiAccessKey, { replacedById: id, retiresAt: IsNull() });
}
