import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { NotFound } from '../../common/errors.js';
import type { Principal } from '../../access/principal.js';
import { listPage, type ListQuery, type Page } from '../../common/list.js';
import { holdOrganization } from '../../organizations/organization-rows.js';
import { AccessKeyRequest } from './access-key-request.entity.js';
import { REQUEST_ORDERINGS, type RequestListQuery } from './request-list.dto.js';
import type { RequestScope } from './request-scope.js';
import { requestStatusOf } from './request-status.js';

/** What a member asks for. */
export type NewRequest = Pick<
  AccessKeyRequest,
  | 'userId'
  | 'organizationId'
  | 'accessLevel'
  | 'name'
  | 'reason'
  | 'keyExpiresAt'
  | 'allowedNetworks'
  | 'createdVia'
>;

/** What somebody decided. */
export type Decided = Pick<AccessKeyRequest, 'decision' | 'decidedById'> &
  Partial<Pick<AccessKeyRequest, 'grantId' | 'declineReason'>>;

/** Finds requests within somebody's scope, and holds those that an act is about. */
@Injectable()
export class RequestRows {
  constructor(private readonly dataSource: DataSource) {}

  async insert(manager: EntityManager, request: NewRequest): Promise<AccessKeyRequest> {
    const { identifiers } = await manager.insert(AccessKeyRequest, request);
    return manager.findOneByOrFail(AccessKeyRequest, { id: identifiers[0]?.id as number });
  }

  /** One request. Errors: NotFound, also for one that is there but out of reach. */
  async get(
    { within }: RequestScope,
    id: number,
    manager: EntityManager = this.dataSource.manager,
  ): Promise<AccessKeyRequest> {
    const request = await manager.findOneBy(AccessKeyRequest, { ...within, id });
    if (!request) throw new NotFound();
    return request;
  }

  /**
   * The same, held as it is until the transaction ends, under the lock of its organization: who asked stays a member, or
   * isn't one, until then.
   */
  async hold(scope: RequestScope, id: number, manager: EntityManager): Promise<AccessKeyRequest> {
    const { organizationId } = await this.get(scope, id, manager);
    await holdOrganization(manager, organizationId);
    return manager.findOneOrFail(AccessKeyRequest, { where: { id }, lock: { mode: 'for_no_key_update' } });
  }

  async decide(manager: EntityManager, id: number, decided: Decided): Promise<AccessKeyRequest> {
    await manager.update(AccessKeyRequest, { id }, { ...decided, decidedAt: () => 'app_now()' });
    return manager.findOneByOrFail(AccessKeyRequest, { id });
  }

  /** Whether there is such a request within reach. */
  exists({ within }: RequestScope, id: number): Promise<boolean> {
    return this.dataSource.manager.existsBy(AccessKeyRequest, { ...within, id });
  }

  /** How many requests of a user wait in an organization for somebody to decide. */
  countOpen(manager: EntityManager, userId: number, organizationId: number): Promise<number> {
    return manager
      .createQueryBuilder(AccessKeyRequest, 'r')
      .where({ userId, organizationId })
      .andWhere(`${requestStatusOf('r')} = 'open'`)
      .getCount();
  }

  /**
   * The open requests of others that somebody may decide: staff all, a manager those of their organizations that are
   * reachable from where the manager is.
   */
  listToDecide({ userId, isStaff, origin }: Principal, query: ListQuery): Promise<Page<AccessKeyRequest>> {
    const builder = this.dataSource.manager
      .createQueryBuilder(AccessKeyRequest, 'r')
      .where(`${requestStatusOf('r')} = 'open' AND r.userId <> :userId`, { userId })
      .andWhere(
        `(:isStaff OR EXISTS (SELECT FROM memberships decider
           WHERE decider.organization_id = r.organizationId AND decider.user_id = :userId AND decider.live
             AND address_allowed(:from, decider.allowed_networks) AND 'access_key.manage' = ANY (decider.permissions)))`,
        { isStaff, from: origin.ip },
      );
    return listPage(builder, query, { orderable: { id: 'r.id' }, defaultOrder: 'id', tieBreaker: 'r.id' });
  }

  /** A page of requests, newest first. */
  list({ within }: RequestScope, query: RequestListQuery): Promise<Page<AccessKeyRequest>> {
    const builder = this.dataSource.manager
      .createQueryBuilder(AccessKeyRequest, 'r')
      .innerJoin('r.user', 'u')
      .where(within);
    for (const [name, condition] of Object.entries(FILTERS)) {
      const value = query[name as keyof typeof FILTERS];
      if (value !== undefined) builder.andWhere(condition, { [name]: value });
    }
    return listPage(builder, query, {
      orderable: REQUEST_ORDERINGS,
      nullable: ['expires_at'],
      searchable: ['r.name', 'r.reason', 'u.email'],
      defaultOrder: '-id',
      tieBreaker: 'r.id',
    });
  }
}

/** Wire name of the filter → its condition. */
const FILTERS = {
  organization: 'r.organizationId = :organization',
  user: 'r.userId = :user',
  access_level: 'r.accessLevel = :access_level',
  status: `${requestStatusOf('r')} = :status`,
} as const;
