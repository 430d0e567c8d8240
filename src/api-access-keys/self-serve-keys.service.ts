import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { AccessLevel } from '../access/access-level.js';
import type { Principal } from '../access/principal.js';
import { InvalidInput, PermissionDenied } from '../common/errors.js';
import type { Page } from '../common/list.js';
import { Member } from '../organizations/member.entity.js';
import { Organization } from '../organizations/organization.entity.js';
import type { IssuedKey } from './access-key.dto.js';
import type { KeyListQuery } from './access-key-list.dto.js';
import { AccessKeyRows } from './access-key-rows.js';
import type { ApiAccessKey } from './access-key.entity.js';
import { asItself, asOwner, currentKey, mustStillHold } from './key-authority.js';
import { mustBeAhead } from './life/expiry.js';
import { KeyMinting } from './life/minting.js';
import { noSuchObject } from './life/recipient.js';

/** Days that a key lives when its user doesn't say; fewer where the policy gives fewer. */
const DEFAULT_LIFETIME_DAYS = 90;

/** What a user asks for. There is no user-wide self-serve: each organization decides for itself. */
export interface OwnKeyOrder {
  readonly organizationId: number;
  readonly accessLevel: AccessLevel;
  readonly name: string;
  readonly expiresAt: Date | null;
}

/** A user's own keys, under the policy of each organization. */
@Injectable()
export class SelfServeKeysService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly rows: AccessKeyRows,
    private readonly minting: KeyMinting,
  ) {}

  /**
   * Issues a key of the caller's own. Errors: InvalidInput for an organization that the caller is no member of, or an
   * expiry that is past or later than the policy allows; PermissionDenied when the policy allows no such keys or the
   * role doesn't permit to issue them.
   */
  issue(by: Principal, order: OwnKeyOrder): Promise<IssuedKey> {
    return this.dataSource.transaction(async (manager) => {
      const authority = asOwner(by);
      await mustStillHold(manager, authority);
      const organization = await issuingOrganization(manager, by, order.organizationId);
      const expiresAt = await expiryUnder(manager, organization, order.expiresAt);
      const plan = { ...order, userId: by.userId, admin: false, expiresAt };
      return this.minting.mint(manager, by, plan, 'access_key.issued');
    });
  }

  list(by: Principal, query: KeyListQuery): Promise<Page<ApiAccessKey>> {
    return this.rows.list(asOwner(by), query);
  }

  /** Errors: NotFound. */
  get(by: Principal, id: number): Promise<ApiAccessKey> {
    return this.rows.get(asOwner(by), { id });
  }

  /** The key that this request was made with. */
  getCurrent(by: Principal): Promise<ApiAccessKey> {
    return this.rows.get(asItself(by), currentKey(by));
  }

  exists(by: Principal, id: number): Promise<boolean> {
    return this.rows.exists(asOwner(by), id);
  }
}

/** The organization, if the caller may issue a key for it; held as it is until the transaction ends. */
async function issuingOrganization(
  manager: EntityManager,
  { userId }: Principal,
  id: number,
): Promise<Organization> {
  const organization = await manager.findOne(Organization, {
    where: { id },
    lock: { mode: 'pessimistic_read' },
  });
  const member = await manager
    .createQueryBuilder(Member, 'm')
    .innerJoinAndSelect('m.role', 'r')
    .where(`m.organizationId = :id AND m.userId = :userId AND m.status = 'active'`, { id, userId })
    .setLock('pessimistic_read')
    .getOne();
  if (!organization || organization.disabledAt || !member?.role) {
    throw InvalidInput.field('organization', noSuchObject(id));
  }
  if (!member.role.permissions.includes('access_key.issue')) throw new PermissionDenied();
  if (!organization.selfServeKeys) {
    throw new PermissionDenied('The policy of this organization does not allow to issue keys for oneself.');
  }
  return organization;
}

/** The expiry that was asked for, or the default, within the policy. Errors: InvalidInput. */
async function expiryUnder(
  manager: EntityManager,
  { longestKeyLifetimeDays: longest }: Organization,
  wanted: Date | null,
): Promise<Date> {
  await mustBeAhead(manager, wanted);
  const [row] = await manager.query<{ fallback: Date; allowed: boolean }[]>(
    `SELECT app_now() + make_interval(days => least($1::int, $2::int)) AS fallback,
       coalesce($3::timestamptz <= app_now() + make_interval(days => $2::int), true) AS allowed`,
    [DEFAULT_LIFETIME_DAYS, longest, wanted],
  );
  if (!row?.allowed) {
    throw InvalidInput.field('expires_at', `The policy of this organization allows ${longest} days at most.`);
  }
  return wanted ?? row.fallback;
}
