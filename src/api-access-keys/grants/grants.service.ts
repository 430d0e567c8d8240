import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { newNetworks } from '../../access/allowed-networks.js';
import type { Actor, Principal } from '../../access/principal.js';
import type { Act } from '../../acts/act.js';
import { Acts } from '../../acts/acts.js';
import { asOwner, asStaff } from '../../acts/authority.js';
import { holdMaker } from '../../acts/maker.js';
import { type ApiError, Conflict, InvalidInput, NotFound } from '../../common/errors.js';
import { listPage, type Page } from '../../common/list.js';
import { nowOf } from '../../database/now.js';
import { holdStanding } from '../../organizations/organization-rows.js';
import type { IssuedKey } from '../access-key.dto.js';
import { NOT_IN_FUTURE } from '../life/future.js';
import { KeyIssuing } from '../life/issuing.js';
import { AccessKeyGrant } from './access-key-grant.entity.js';
import { grantStatusOf } from './grant-status.js';
import { GRANT_ORDERINGS, type GrantListQuery } from './grant-list.dto.js';
import { type GrantOrder, KeyGranting, subjectOf } from './granting.js';
import { OwnGrants } from './own-grants.js';

/**
 * Keys that no employee ever holds: staff grant one, its user redeems the grant once, and only then is there a key. A
 * grant never makes an admin key.
 */
@Injectable()
export class GrantsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly acts: Acts,
    private readonly issuing: KeyIssuing,
    private readonly granting: KeyGranting,
    private readonly own: OwnGrants,
  ) {}

  /**
   * Grants a key. Errors: InvalidInput for an unknown or inactive user, an organization that the user is no member of, or
   * a time that isn't in the future.
   */
  issue(by: Actor, order: Omit<GrantOrder, 'grantedAs'>): Promise<AccessKeyGrant> {
    return this.acts.run(asStaff(by), async (act) => {
      const { manager } = act;
      const now = await nowOf(manager);
      const problems = {
        ...(await this.issuing.problems(act, { ...order, admin: false })),
        ...(order.expiresAt && order.expiresAt <= now && { expires_at: [NOT_IN_FUTURE] }),
        ...(order.keyExpiresAt && order.keyExpiresAt <= now && { key_expires_at: [NOT_IN_FUTURE] }),
      };
      if (Object.keys(problems).length > 0) throw new InvalidInput(problems);
      return this.granting.grant(act, { ...order, grantedAs: 'staff' });
    });
  }

  /** Takes an open grant back. Errors: NotFound, Conflict `grant_not_open`. */
  cancel(by: Actor, id: number): Promise<AccessKeyGrant> {
    return this.acts.run(asStaff(by), async (act) => {
      const { manager } = act;
      const grant = await hold(manager, { id });
      mustBeOpen(grant);
      await cancelGrant(manager, id, by.userId);
      await act.record('access_key_grant.cancelled', subjectOf(grant));
      return manager.findOneByOrFail(AccessKeyGrant, { id });
    });
  }

  /**
   * Makes the key that the caller was granted and gives it in clear, once: of redemptions at the same time exactly one
   * gets it, and another one later is noted as an alarm for staff, for somebody else may have had the first. Errors:
   * NotFound, also for a grant of somebody else; Conflict `grant_not_open`, or `grant_void` when the user is no longer a
   * member of the organization, or whoever granted it could no longer do so; of a grant of one's own those of OwnGrants.
   */
  redeem(by: Principal, id: number): Promise<IssuedKey> {
    return this.acts.run(asOwner(by), async (act): Promise<IssuedKey | ApiError> => {
      const { manager } = act;
      await holdWhatItRestsOn(manager, { id, userId: by.userId });
      const grant = await hold(manager, { id, userId: by.userId });
      if (grant.status === 'redeemed') {
        await manager.update(AccessKeyGrant, { id }, { redeemedAgainAt: () => 'app_now()' });
        await act.record('access_key_grant.redeemed_again', subjectOf(grant), { access_key: grant.keyId });
        return notOpen(grant); // returned: thrown, it would roll the alarm back
      }
      mustBeOpen(grant);
      await mustStillBeGranted(manager, grant);
      const issued = await (grant.grantedAs === 'user'
        ? this.own.redeem(act, by, grant)
        : this.make(act, grant));
      await manager.update(AccessKeyGrant, { id }, { redeemedAt: () => 'app_now()', keyId: issued.row.id });
      await act.record('access_key_grant.redeemed', subjectOf(grant), { access_key: issued.row.id });
      return issued;
    });
  }

  private make(act: Act, grant: AccessKeyGrant): Promise<IssuedKey> {
    const { id, userId, organizationId, accessLevel, name, keyExpiresAt: expiresAt } = grant;
    const networks = newNetworks(grant.allowedNetworks, grant.grantedAs); // its user can't widen what was granted
    const order = { userId, organizationId, accessLevel, name, expiresAt, admin: false, ...networks };
    return this.issuing.issue(act, 'redeem', order, { details: { grant: id } });
  }

  /** A page of all grants, newest first. */
  listAll(_by: Actor, query: GrantListQuery): Promise<Page<AccessKeyGrant>> {
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
}

/** A grant, held as it is until the transaction ends. Errors: NotFound. */
async function hold(manager: EntityManager, which: { id: number; userId?: number }): Promise<AccessKeyGrant> {
  const grant = await manager.findOne(AccessKeyGrant, { where: which, lock: { mode: 'for_no_key_update' } });
  if (!grant) throw new NotFound();
  return grant;
}

/**
 * Holds what a grant is judged by, before the grant itself: the organization, with its members and roles, and who made it.
 * Errors: NotFound.
 */
async function holdWhatItRestsOn(
  manager: EntityManager,
  which: { id: number; userId: number },
): Promise<void> {
  const grant = await manager.findOneBy(AccessKeyGrant, which);
  if (!grant) throw new NotFound();
  const { organizationId, userId, createdById, issuedVia } = grant;
  await holdStanding(manager, organizationId, userId);
  await holdMaker(manager, { userId: createdById, via: issuedVia });
}

function mustBeOpen(grant: AccessKeyGrant): void {
  if (grant.status !== 'open') throw notOpen(grant);
}

function notOpen({ status }: AccessKeyGrant): Conflict {
  return new Conflict('grant_not_open', `This grant is ${status}.`);
}

/** Whoever granted it could still do so, through the same credential. Errors: Conflict. */
async function mustStillBeGranted(manager: EntityManager, { id }: AccessKeyGrant): Promise<void> {
  const [row] = await manager.query<{ holds: boolean }[]>(
    'SELECT access_key_grant_holds(g) AS holds FROM access_key_grants g WHERE g.id = $1',
    [id],
  );
  if (!row?.holds) {
    throw new Conflict(
      'grant_void',
      'This grant no longer holds: whoever made it could not make it any more.',
    );
  }
}

/** Writes that a grant is taken back; whoever calls holds it, and has judged that it may be. */
export async function cancelGrant(manager: EntityManager, id: number, byId: number | null): Promise<void> {
  await manager.update(
    AccessKeyGrant,
    { id },
    { cancelledAt: () => 'app_now()', ...(byId !== null && { cancelledById: byId }) },
  );
}
