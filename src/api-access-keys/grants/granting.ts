import { Injectable } from '@nestjs/common';
import { madeVia } from '../../access/principal.js';
import type { Act, Subject } from '../../acts/act.js';
import { AccessKeyGrant } from './access-key-grant.entity.js';

/** How long a grant waits to be redeemed when nobody says. */
const DEFAULT_LIFE = `interval '7 days'`;

/** What somebody lets a user make. */
export type GrantOrder = Pick<
  AccessKeyGrant,
  'userId' | 'organizationId' | 'accessLevel' | 'name' | 'reason' | 'keyExpiresAt' | 'grantedAs'
> & {
  /** None: in 7 days. */
  readonly expiresAt: Date | null;
} & Partial<Pick<AccessKeyGrant, 'allowedNetworks' | 'rotatesId' | 'graceSeconds'>>;

/** Writes grants. Decides nothing: whoever asks for one has judged it. */
@Injectable()
export class KeyGranting {
  /** Grants a key, and tells the audit log, with `details` besides. */
  async grant(act: Act, order: GrantOrder, details: Record<string, unknown> = {}): Promise<AccessKeyGrant> {
    const { manager, by } = act;
    const { identifiers } = await manager
      .createQueryBuilder()
      .insert()
      .into(AccessKeyGrant)
      .values({
        ...order,
        expiresAt: order.expiresAt ?? (() => `app_now() + ${DEFAULT_LIFE}`),
        createdById: by.userId,
        issuedVia: madeVia(by),
      })
      .execute();
    const grant = await manager.findOneByOrFail(AccessKeyGrant, { id: identifiers[0]?.id as number });
    await act.record('access_key_grant.issued', subjectOf(grant), {
      name: grant.name,
      access_level: grant.accessLevel,
      reason: grant.reason,
      expires_at: grant.expiresAt,
      key_expires_at: grant.keyExpiresAt,
      ...(grant.allowedNetworks && { allowed_networks: grant.allowedNetworks }),
      ...details,
    });
    return grant;
  }
}

/** A grant as the audit log names it. */
export function subjectOf({ id, userId, organizationId }: AccessKeyGrant): Subject {
  return { type: 'access_key_grant', id, userId, organizationId };
}
