import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, IsNull } from 'typeorm';
import { Conflict, InvalidInput } from '../../common/errors.js';
import type { IssuedKey } from '../access-key.dto.js';
import { AccessKeyRows, type WhichKey } from '../access-key-rows.js';
import { ApiAccessKey } from '../access-key.entity.js';
import { type KeyAuthority, mustStillHold } from '../key-authority.js';
import { mustBeAhead } from './expiry.js';
import { KeyMinting } from './minting.js';
import { KeyRecipients } from './recipient.js';
import { KeyRevocation } from './revocation.js';
import { mustLive } from '../key-status.js';

export const DEFAULT_GRACE_SECONDS = 86_400;
export const LONGEST_GRACE_SECONDS = 30 * 86_400;

export interface Rotation {
  /** How long the old key outlives the first use of the new one. Default: a day. */
  readonly graceSeconds?: number | undefined;
  /** The successor's expiry. Default: as long a life from now as the old key was given, none if it was given none. */
  readonly expiresAt?: Date | null | undefined;
}

/**
 * Replaces keys without downtime. The successor has the same reach and level, both work, and the old key's clock starts
 * only when the successor is first used (key-first-use.ts): who never stored the new key loses nothing.
 */
@Injectable()
export class KeyRotation {
  constructor(
    private readonly dataSource: DataSource,
    private readonly rows: AccessKeyRows,
    private readonly recipients: KeyRecipients,
    private readonly minting: KeyMinting,
    private readonly revocation: KeyRevocation,
  ) {}

  /**
   * Makes the successor of a key; one that was made before and is unused is revoked. Errors: NotFound; InvalidInput for
   * an expiry that is past or, unless staff set it, gives a longer life than the old key's; PermissionDenied for a key
   * of staff through a key; Conflict `admin_key` for an admin key through a key, `key_not_live`, `key_suspended`, `already_rotated`, `not_used_yet`.
   */
  rotate(
    authority: KeyAuthority,
    which: WhichKey,
    { graceSeconds = DEFAULT_GRACE_SECONDS, expiresAt }: Rotation = {},
  ): Promise<IssuedKey> {
    return this.dataSource.transaction(async (manager) => {
      await mustStillHold(manager, authority);
      const old = await this.rows.hold(authority, which, manager);
      await this.mustBeRotatable(manager, authority, old);
      const plan = {
        userId: old.userId,
        organizationId: old.organizationId,
        accessLevel: old.accessLevel,
        admin: old.admin && old.organizationId === null, // no confined key opens admin paths (ADR 0028)
        name: old.name,
        expiresAt: await successorExpiry(manager, authority, old, expiresAt),
        replacesId: old.id,
      };
      if (old.replacedById !== null) {
        const reason = 'Replaced before its first use.';
        await this.revocation.revokeAlong(manager, authority.by, old.replacedById, { reason });
      }
      const details = { replaces: old.id, grace_seconds: graceSeconds };
      const successor = await this.minting.mint(manager, authority.by, plan, 'access_key.rotated', details);
      await manager
        .createQueryBuilder()
        .update(ApiAccessKey)
        .set({ replacedById: successor.row.id, graceSeconds, version: () => 'version + 1' })
        .where('id = :id', { id: old.id })
        .execute();
      return successor;
    });
  }

  private async mustBeRotatable(
    manager: EntityManager,
    { by, rank }: KeyAuthority,
    old: ApiAccessKey,
  ): Promise<void> {
    if (by.credential?.scheme === 'access_key') {
      if (old.admin) throw new Conflict('admin_key', 'An admin key is rotated by session or JWT.');
      if (rank === 'staff') await this.recipients.mustBeOpenTo(manager, by, old);
    }
    if (old.retiresAt !== null) {
      throw new Conflict('already_rotated', 'This key was rotated and its successor is in use.');
    }
    mustLive(old);
    if (old.status === 'suspended') throw new Conflict('key_suspended', 'This key is suspended.');
    const unused = await manager.existsBy(ApiAccessKey, { replacedById: old.id, retiresAt: IsNull() });
    if (unused)
      throw new Conflict('not_used_yet', 'This key is new: use it, or rotate the one that it replaces.');
  }
}

/** The last moment that clients can be told: many know no year beyond 9999, and none is taken from them (common/fields.ts). */
const END_OF_TIME = `'9998-12-31T23:59:59.999Z'::timestamptz`;

/** Rotation gives no longer life than the old key had, nor than today's policy gives; staff may. */
async function successorExpiry(
  manager: EntityManager,
  { rank }: KeyAuthority,
  { id }: ApiAccessKey,
  wanted: Date | null | undefined,
): Promise<Date | null> {
  await mustBeAhead(manager, wanted);
  const [limits] = await manager.query<{ same: Date | null; longest: Date | null }[]>(
    `SELECT CASE WHEN k.expires_at IS NOT NULL THEN least(life.ends, ${END_OF_TIME}) END AS same,
       CASE WHEN k.expires_at IS NOT NULL
         THEN least(life.ends, ${END_OF_TIME}, app_now() + make_interval(days => o.longest_key_lifetime_days))
       END AS longest
     FROM access_keys k
       LEFT JOIN organizations o ON o.id = k.organization_id
       CROSS JOIN LATERAL (SELECT app_now() + (k.expires_at - k.created_at) AS ends) life
     WHERE k.id = $1`,
    [id],
  );
  const { same = null, longest = null } = limits ?? {};
  if (rank === 'staff') return wanted === undefined ? same : wanted;
  if (!wanted || longest === null) return wanted ?? longest;
  if (wanted > longest) {
    throw InvalidInput.field('expires_at', `A successor may live until ${longest.toISOString()} at most.`);
  }
  return wanted;
}
