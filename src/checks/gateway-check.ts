import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Access, JudgedRequest } from '../access/decorators.js';
import { ALL_SCHEMES } from '../access/decorators.js';
import { judge } from '../access/judgement.js';
import { type Permission, PERMISSIONS } from '../access/permissions.js';
import { Authentication } from '../auth/authentication.js';
import type { Proven } from '../auth/lookup/membership-join.js';
import { addressOf } from '../common/addresses.js';
import { BadCheck, NotFound } from '../common/errors.js';
import { parseId } from '../common/ids.js';
import { Gateways } from './gateways.js';
import { namedOrganization } from './original-organization.js';
import { type Convention, CONVENTIONS, type Demand, type OriginalRequest } from './original-request.js';

type CheckRequest = JudgedRequest & FastifyRequest<{ Params: Demand }>;

const ANY = 'any';
const ANYONE: Access = { kind: 'authenticated', via: ALL_SCHEMES };

/**
 * Whether a gateway may let a request through (contract §7): judged as if it had been made to us, by the same strategies, roles
 * and access levels, with the method and the path that it is really made with. Nothing but the check's own path and the
 * headers of its convention is read; its query may be the client's.
 */
@Injectable()
export class GatewayCheck {
  constructor(
    private readonly gateways: Gateways,
    private readonly authentication: Authentication,
  ) {}

  /** Errors: NotAGateway, BadCheck, and those of any request to an organization's path. */
  async judge(convention: Convention, request: CheckRequest): Promise<Proven> {
    this.gateways.mustBeOne(request);
    const { original, demand } = CONVENTIONS[convention](request);
    const organization = organizationOf(demand, original);
    const access = accessOf(demand, organization);
    const { method } = original;
    const proven = await this.prove(request, method, organization);
    request.principal = proven.principal;
    request.membership = proven.membership;
    if (organization === null) throw new NotFound();
    const inOrganization = organization !== undefined || homeOf(proven) !== null;
    judge(access, proven, { inOrganization, method });
    return proven;
  }

  /**
   * Who calls, in the organization that is meant. A key that is confined to one never acts anywhere else, so where none is
   * meant it is that one, also when that can't be reached: what stands behind the gateway would else take the key for its
   * user's everywhere.
   */
  private async prove(
    request: CheckRequest,
    method: string,
    organization: string | null | undefined,
  ): Promise<Proven> {
    const address = clientOf(request);
    const proven = await this.authentication.prove(request, {
      method,
      organizationId: parseId(organization),
      address,
    });
    const home = homeOf(proven);
    if (organization !== undefined || home === null) return proven;
    return this.authentication.prove(request, { method, organizationId: home, address });
  }
}

/** The organization that a key is confined to; `null`: none, nor any other credential. */
function homeOf({ principal: { credential } }: Proven): number | null {
  return credential.scheme === 'access_key' ? credential.organizationId : null;
}

/**
 * Where the client is, as the gateway tells. Of one that tells nothing its own address is known, and lists of networks are not
 * about that.
 */
function clientOf(request: FastifyRequest): string | null {
  const { ips = [] } = request; // worked out anew each time
  return ips.length > 1 ? addressOf(ips.at(-1)) : null;
}

/** The organization that is meant; `undefined`: none, `null`: demanded is another one than the path names. */
function organizationOf({ org = ANY }: Demand, { target }: OriginalRequest): string | null | undefined {
  const named = namedOrganization(target);
  if (org === ANY) return named;
  if (parseId(org) === undefined) throw new BadCheck('The demanded organization is not an id.');
  return named === undefined || named === org ? org : null;
}

function accessOf({ permission = ANY }: Demand, organization: string | null | undefined): Access {
  if (permission === ANY) return ANYONE;
  if (!isPermission(permission)) throw new BadCheck('The demanded permission is unknown.');
  if (organization === undefined)
    throw new BadCheck('A permission is demanded, but no organization is named.');
  return { kind: 'permission', permission };
}

function isPermission(text: string): text is Permission {
  return (PERMISSIONS as readonly string[]).includes(text);
}
