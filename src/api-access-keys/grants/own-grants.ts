import { Injectable } from '@nestjs/common';
import { newNetworks } from '../../access/allowed-networks.js';
import type { Principal } from '../../access/principal.js';
import type { Act } from '../../acts/act.js';
import { Acts } from '../../acts/acts.js';
import { asOwner } from '../../acts/authority.js';
import { Conflict, InvalidInput, WrongCredentialKind } from '../../common/errors.js';
import type { IssuedKey } from '../access-key.dto.js';
import type { OwnKeyOrder } from '../access-keys.service.js';
import { ownKeys } from '../key-scope.js';
import { KeyIssuing, type KeyOrder } from '../life/issuing.js';
import { DEFAULT_GRACE_SECONDS, KeyRotation, type Rotation } from '../life/rotation.js';
import type { AccessKeyGrant } from './access-key-grant.entity.js';
import { KeyGranting } from './granting.js';

/**
 * Grants that users make for themselves where the secret must not be seen: through a tool of an assistant (contract §7). They
 * are judged as the issue or the rotation that they will be, when they are made and once more when they are redeemed; and
 * they are redeemed by session, which no assistant has.
 */
@Injectable()
export class OwnGrants {
  constructor(
    private readonly acts: Acts,
    private readonly issuing: KeyIssuing,
    private readonly rotation: KeyRotation,
    private readonly granting: KeyGranting,
  ) {}

  /** Grants the caller a key of their own. Errors: those of an issue of one's own. */
  issue(by: Principal, order: OwnKeyOrder): Promise<AccessKeyGrant> {
    return this.acts.run(asOwner(by), async (act) => {
      await this.issuing.judge(act, 'own_issue', wanted(by, order));
      const { expiresAt: keyExpiresAt, ...terms } = order;
      return this.granting.grant(act, {
        ...{ ...terms, userId: by.userId, keyExpiresAt },
        reason: 'Asked for by its user, through a tool.',
        expiresAt: null,
        grantedAs: 'user',
      });
    });
  }

  /** Whether the caller could issue such a key now; nothing is made. Errors: those of an issue of one's own. */
  async tryIssue(by: Principal, order: OwnKeyOrder): Promise<void> {
    await this.acts.run(asOwner(by), (act) => this.issuing.judge(act, 'own_issue', wanted(by, order)));
  }

  /**
   * Grants the caller the successor of one of their keys. Errors: those of a rotation by its user; Conflict `user_wide_key`,
   * for a grant is of one organization.
   */
  rotate(by: Principal, id: number, { graceSeconds, expiresAt }: Rotation): Promise<AccessKeyGrant> {
    return this.acts.run(asOwner(by), async (act) => {
      const { old, organizationId } = await this.judgeRotation(act, by, id, expiresAt);
      const { accessLevel, name, prefix } = old;
      const order = {
        ...{ userId: by.userId, organizationId, accessLevel, name },
        keyExpiresAt: expiresAt ?? null,
        reason: `Rotates ${prefix}: asked for by its user, through a tool.`,
        expiresAt: null,
        grantedAs: 'user' as const,
        rotatesId: id,
        graceSeconds: graceSeconds ?? DEFAULT_GRACE_SECONDS,
      };
      return this.granting.grant(act, order, { rotates: id });
    });
  }

  /** Whether the caller could rotate this key now; nothing is made. Errors: those of `rotate`. */
  async tryRotate(by: Principal, id: number, { expiresAt }: Rotation): Promise<void> {
    await this.acts.run(asOwner(by), (act) => this.judgeRotation(act, by, id, expiresAt));
  }

  /**
   * Makes the key of such a grant. Errors: WrongCredentialKind for anything but a session; Conflict `grant_void` where the
   * grant's terms are no longer possible; otherwise those of issue and rotation.
   */
  async redeem(act: Act, by: Principal, grant: AccessKeyGrant): Promise<IssuedKey> {
    if (by.credential.scheme !== 'session')
      throw new WrongCredentialKind('This grant is redeemed in the web app, by session.');
    try {
      return await this.make(act, by, grant);
    } catch (error) {
      // Its terms are not what the caller said just now.
      throw error instanceof InvalidInput ? new Conflict('grant_void', VOID) : error;
    }
  }

  private make(act: Act, by: Principal, grant: AccessKeyGrant): Promise<IssuedKey> {
    const { id, rotatesId, graceSeconds, keyExpiresAt: expiresAt } = grant;
    if (rotatesId === null) {
      const order = wanted(by, { ...grant, expiresAt });
      return this.issuing.issue(act, 'own_issue', order, { details: { grant: id } });
    }
    const rotation = { graceSeconds: graceSeconds ?? undefined, expiresAt: expiresAt ?? undefined };
    return this.rotation.rotateIn(act, ownKeys(by), { id: rotatesId }, rotation);
  }

  private async judgeRotation(act: Act, by: Principal, id: number, expiresAt: Rotation['expiresAt']) {
    const { old, order } = await this.rotation.orderOf(act, ownKeys(by), { id }, expiresAt ?? undefined);
    const { organizationId } = old;
    if (organizationId === null)
      throw new Conflict('user_wide_key', 'A user-wide key is rotated in the web app, or over REST.');
    await this.issuing.judge(act, 'own_rotation', order, old);
    return { old, organizationId };
  }
}

const VOID = 'This grant no longer holds: its key could not be issued on these terms any more.';

function wanted(
  { userId }: Principal,
  { organizationId, accessLevel, name, expiresAt, allowedNetworks }: OwnKeyOrder,
): KeyOrder {
  const own = { userId, organizationId, accessLevel, name, admin: false };
  return { ...own, ...newNetworks(allowedNetworks, 'user'), expiresAt: expiresAt ?? undefined };
}
