import { Injectable } from '@nestjs/common';
import type { AccessLevel } from '../../access/access-level.js';
import { credentialName, type Principal } from '../../access/principal.js';
import type { Act, Subject } from '../../acts/act.js';
import { Acts } from '../../acts/acts.js';
import { asOwner } from '../../acts/authority.js';
import { Conflict, InvalidInput, PermissionDenied } from '../../common/errors.js';
import { noSuchObject } from '../../common/fields.js';
import type { ListQuery, Page } from '../../common/list.js';
import { nowOf } from '../../database/now.js';
import { holdStanding } from '../../organizations/organization-rows.js';
import { holdUserAlone } from '../../users/user-rows.js';
import { KeyGranting } from '../grants/granting.js';
import { NOT_IN_FUTURE } from '../life/future.js';
import type { AccessKeyRequest } from './access-key-request.entity.js';
import type { RequestListQuery } from './request-list.dto.js';
import { RequestRows } from './request-rows.js';
import type { DecidingScope, RequestScope } from './request-scope.js';
import { mustLiveWithin, narrowed, type Narrowing, usualEnd } from './terms.js';

/** What a member asks for. */
export interface RequestOrder {
  readonly organizationId: number;
  readonly accessLevel: AccessLevel;
  readonly name: string;
  readonly reason: string;
  /** Of the key; none: as for a key of one's own. */
  readonly keyExpiresAt: Date | null;
  /** None: the key works from everywhere. */
  readonly allowedNetworks: string[] | null;
}

/** Requests of one member that may wait in one organization: more is not asking any more. */
const MOST_OPEN = 20;

/** 403: somebody would decide about what they ask for themselves. */
export class OwnRequest extends PermissionDenied {
  override readonly code = 'own_request';

  constructor() {
    super('Nobody approves what they asked for themselves.');
  }
}

/**
 * A member asks for an access key, a manager or staff decide, approval makes a grant, and only whoever asked makes the key.
 * Every method but the first takes the scope of the caller (request-scope.ts).
 */
@Injectable()
export class RequestsService {
  constructor(
    private readonly acts: Acts,
    private readonly rows: RequestRows,
    private readonly granting: KeyGranting,
  ) {}

  /**
   * Asks for a key of the caller's own. Errors: InvalidInput for an organization that the caller is no member of or can't
   * reach from there, or an expiry that is past; Conflict `too_many_requests_open`.
   */
  make(by: Principal, order: RequestOrder): Promise<AccessKeyRequest> {
    return this.acts.run(asOwner(by), async (act) => {
      const keyExpiresAt = await this.judge(act, by, order);
      const request = await this.rows.insert(act.manager, {
        ...order,
        userId: by.userId,
        keyExpiresAt,
        createdVia: credentialName(by.credential),
      });
      const { name, accessLevel: access_level, reason, keyExpiresAt: expires_at } = request;
      await act.record('access_key_request.made', subjectOf(request), {
        name,
        access_level,
        reason,
        expires_at,
        ...(request.allowedNetworks && { allowed_networks: request.allowedNetworks }),
      });
      return request;
    });
  }

  /** Whether the caller could ask for such a key now; nothing is asked for. Errors: those of `make`. */
  async tryMake(by: Principal, order: RequestOrder): Promise<void> {
    await this.acts.run(asOwner(by), (act) => this.judge(act, by, order));
  }

  /**
   * Grants whoever asked the key, on the same terms or narrower ones. Errors: NotFound; OwnRequest; InvalidInput for what is
   * wider, past, or longer than the policy allows a manager; Conflict `request_not_open`.
   */
  approve(scope: DecidingScope, id: number, narrowing: Narrowing): Promise<AccessKeyRequest> {
    return this.acts.run(scope.authority, async (act) => {
      const { manager, by } = act;
      const request = await this.rows.hold(scope, id, manager);
      if (request.userId === by.userId) throw new OwnRequest();
      const { userId, organizationId, name, reason } = request;
      const now = await nowOf(manager);
      const terms = await narrowed(manager, request, narrowing, now);
      mustBeOpen(request);
      const standing = await holdStanding(manager, organizationId, userId);
      mustLiveWithin(terms, now, scope.rank === 'manager' ? standing : null);
      const grant = await this.granting.grant(
        act,
        { userId, organizationId, name, reason, ...terms, expiresAt: null, grantedAs: scope.rank },
        { access_key_request: id },
      );
      await act.record('access_key_request.approved', subjectOf(request), {
        access_key_grant: grant.id,
        access_level: terms.accessLevel,
        expires_at: terms.keyExpiresAt,
        ...(terms.allowedNetworks && { allowed_networks: terms.allowedNetworks }),
      });
      return this.rows.decide(manager, id, {
        decision: 'approved',
        decidedById: by.userId,
        grantId: grant.id,
      });
    });
  }

  /** Refuses a request; whoever asked reads why. Errors: NotFound; Conflict `request_not_open`. */
  decline(scope: DecidingScope, id: number, reason: string): Promise<AccessKeyRequest> {
    return this.acts.run(scope.authority, async (act) => {
      const request = await this.rows.hold(scope, id, act.manager);
      mustBeOpen(request);
      await act.record('access_key_request.declined', subjectOf(request), { reason });
      return this.rows.decide(act.manager, id, {
        decision: 'declined',
        decidedById: act.by.userId,
        declineReason: reason,
      });
    });
  }

  /** Takes a request of one's own back. Errors: NotFound; Conflict `request_not_open`. */
  cancel(scope: RequestScope, id: number): Promise<AccessKeyRequest> {
    return this.acts.run(scope.authority, async (act) => {
      const request = await this.rows.hold(scope, id, act.manager);
      mustBeOpen(request);
      await act.record('access_key_request.cancelled', subjectOf(request));
      return this.rows.decide(act.manager, id, { decision: 'cancelled', decidedById: act.by.userId });
    });
  }

  /** The open requests of others that the caller may decide. */
  listToDecide(by: Principal, query: ListQuery): Promise<Page<AccessKeyRequest>> {
    return this.rows.listToDecide(by, query);
  }

  /** A page of requests, newest first. */
  list(scope: RequestScope, query: RequestListQuery): Promise<Page<AccessKeyRequest>> {
    return this.rows.list(scope, query);
  }

  /** Errors: NotFound. */
  get(scope: RequestScope, id: number): Promise<AccessKeyRequest> {
    return this.rows.get(scope, id);
  }

  exists(scope: RequestScope, id: number): Promise<boolean> {
    return this.rows.exists(scope, id);
  }

  /** May this be asked for? Resolves to the end of the key. */
  private async judge({ manager }: Act, by: Principal, order: RequestOrder): Promise<Date> {
    const { organizationId } = order;
    await holdUserAlone(manager, by.userId); // one at a time: they are counted
    const standing = await holdStanding(manager, organizationId, by.userId, by.origin.ip);
    const now = await nowOf(manager);
    const past = order.keyExpiresAt !== null && order.keyExpiresAt <= now;
    if (past || !standing?.permissions) {
      throw new InvalidInput({
        ...(!standing?.permissions && { organization: [noSuchObject(organizationId)] }),
        ...(past && { expires_at: [NOT_IN_FUTURE] }),
      });
    }
    if ((await this.rows.countOpen(manager, by.userId, organizationId)) >= MOST_OPEN) {
      throw new Conflict('too_many_requests_open', `No more than ${MOST_OPEN} requests can wait at a time.`);
    }
    return order.keyExpiresAt ?? usualEnd(now, standing);
  }
}

function subjectOf({ id, userId, organizationId }: AccessKeyRequest): Subject {
  return { type: 'access_key_request', id, userId, organizationId };
}

function mustBeOpen({ status }: AccessKeyRequest): void {
  if (status !== 'open') throw new Conflict('request_not_open', `This request is ${status}.`);
}
