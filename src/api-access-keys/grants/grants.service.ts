import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { credentialName, type Principal } from '../../access/principal.js';
import { AuditService } from '../../audit/audit.service.js';
import { Conflict, InvalidInput, NotFound } from '../../common/errors.js';
import { listPage, type Page } from '../../common/list.js';
import { mustStillBeStaff } from '../../users/still-staff.js';
import { AccessKeyGrant, grantStatusOf } from './access-key-grant.entity.js';
import { GRANT_ORDERINGS, type GrantListQuery } from './grant-list.dto.js';
import type { IssuedKey } from '../access-key.dto.js';
import { asOwner, mustStillHold } from '../key-authority.js';
import { pastProblem } from '../life/expiry.js';
import { KeyMinting } from '../life/minting.js';
import { KeyRecipients } from '../life/recipient.js';

/** How long a grant waits to be redeemed when staff don't say. */
const DEFAULT_LIFE = `interval '7 days'`;

/** What staff let a user make. */
export type GrantOrder = Pick<
  AccessKeyGrant,
  'userId' | 'organizationId' | 'accessLevel' | 'name' | 'reason' | 'keyExpiresAt'
> & {
  /** None: in 7 days. */
  readonly expiresAt: Date | null;
};

/**
 * Keys that no employee ever holds: staff grant one, its user redeems the grant once, and only then is there a key. A
 * grant never makes an admin key.
 */
@Injectable()
export class GrantsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly recipients: KeyRecipients,
    private readonly minting: KeyMinting,
    private readonly audit: AuditService,
  ) {}

  /**
   * Grants a key. Errors: InvalidInput for an unknown or inactive user, an organization that the user is no member of, or
   * a time that isn't in the future.
   */
  issue(by: Principal, order: GrantOrder): Promise<AccessKeyGrant> {
    return this.dataSource.transaction(async (manager) => {
      await mustStillBeStaff(manager, by);
      const problems = {
        ...(await this.recipients.problems(manager, {
          userId: order.userId,
          organizationId: order.organizationId,
        })),
        ...(await pastProblem(manager, order.expiresAt)),
        ...(await pastProblem(manager, order.keyExpiresAt, 'key_expires_at')),
      };
      if (Object.keys(problems).length > 0) throw new InvalidInput(problems);
      const { identifiers } = await manager
        .createQueryBuilder()
        .insert()
        .into(AccessKeyGrant)
        .values({
          ...order,
          expiresAt: order.expiresAt ?? (() => `app_now() + ${DEFAULT_LIFE}`),
          createdById: by.userId,
          issuedVia: credentialName(by.credential),
        })
        .execute();
      const grant = await manager.findOneByOrFail(AccessKeyGrant, { id: identifiers[0]?.id as number });
      await this.record(manager, by, 'access_key_grant.issued', grant, {
        name: grant.name,
        access_level: grant.accessLevel,
        reason: grant.reason,
        expires_at: grant.expiresAt,
        key_expires_at: grant.keyExpiresAt,
      });
      return grant;
    });
  }

  /** Takes an open grant back. Errors: NotFound, Conflict `grant_not_open`. */
  cancel(by: Principal, id: number): Promise<AccessKeyGrant> {
    return this.dataSource.transaction(async (manager) => {
      await mustStillBeStaff(manager, by);
      const grant = await holdOpen(manager, { id });
      await manager.update(
        AccessKeyGrant,
        { id },
        { cancelledAt: () => 'app_now()', cancelledById: by.userId },
      );
      await this.record(manager, by, 'access_key_grant.cancelled', grant);
      return manager.findOneByOrFail(AccessKeyGrant, { id });
    });
  }

  /**
   * Makes the key that the caller was granted and gives it in clear, once: of redemptions at the same time exactly one
   * gets it. Errors: NotFound, also for a grant of somebody else; Conflict `grant_not_open`, or `grant_void` when the
   * user is no longer a member of the organization.
   */
  redeem(by: Principal, id: number): Promise<IssuedKey> {
    return this.dataSource.transaction(async (manager) => {
      await mustStillHold(manager, asOwner(by));
      const grant = await holdOpen(manager, { id, userId: by.userId });
      const { userId, organizationId, accessLevel, name, keyExpiresAt: expiresAt } = grant;
      if (Object.keys(await this.recipients.problems(manager, { userId, organizationId })).length > 0) {
        throw new Conflict('grant_void', 'You are no longer a member of the organization of this grant.');
      }
      const plan = { userId, organizationId, accessLevel, name, expiresAt, admin: false };
      const issued = await this.minting.mint(manager, by, plan, 'access_key.issued', { grant: id });
      await manager.update(AccessKeyGrant, { id }, { redeemedAt: () => 'app_now()', keyId: issued.row.id });
      await this.record(manager, by, 'access_key_grant.redeemed', grant, { access_key: issued.row.id });
      return issued;
    });
  }

  /** A page of all grants, newest first. */
  listAll(_by: Principal, query: GrantListQuery): Promise<Page<AccessKeyGrant>> {
    return this.page(query);
  }

  /** The same of the caller's own. */
  listOwn({ userId }: Principal, query: GrantListQuery): Promise<Page<AccessKeyGrant>> {
    return this.page({ ...query, user: userId });
  }

  private page(query: GrantListQuery): Promise<Page<AccessKeyGrant>> {
    const builder = this.dataSource.manager.createQueryBuilder(AccessKeyGrant, 'g');
    const { user, organization, status } = query;
    if (user !== undefined) builder.andWhere('g.userId = :user', { user });
    if (organization !== undefined) builder.andWhere('g.organizationId = :organization', { organization });
    if (status !== undefined) builder.andWhere(`${grantStatusOf('g')} = :status`, { status });
    return listPage(builder, query, {
      orderable: GRANT_ORDERINGS,
      searchable: ['g.name', 'g.reason'],
      defaultOrder: '-id',
      tieBreaker: 'g.id',
    });
  }

  private record(
    manager: EntityManager,
    by: Principal,
    action: string,
    { id, userId, organizationId }: AccessKeyGrant,
    details: Record<string, unknown> = {},
  ): Promise<void> {
    const subject = { type: 'access_key_grant', id };
    return this.audit.record(manager, { by, action, organizationId, subject, userId, details });
  }
}

/** An open grant, held as it is until the transaction ends. Errors: NotFound, Conflict `grant_not_open`. */
async function holdOpen(
  manager: EntityManager,
  which: { id: number; userId?: number },
): Promise<AccessKeyGrant> {
  const grant = await manager.findOne(AccessKeyGrant, { where: which, lock: { mode: 'for_no_key_update' } });
  if (!grant) throw new NotFound();
  if (grant.status !== 'open') throw new Conflict('grant_not_open', `This grant is ${grant.status}.`);
  return grant;
}
