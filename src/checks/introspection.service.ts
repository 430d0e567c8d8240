import { Injectable } from '@nestjs/common';
import type { Origin, Principal, Scheme } from '../access/principal.js';
import { AccessKeysService } from '../api-access-keys/access-keys.service.js';
import { keyItself } from '../api-access-keys/key-scope.js';
import { parseKey } from '../api-access-keys/key-format.js';
import { Authentication } from '../auth/authentication.js';
import type { Proven } from '../auth/lookup/membership-join.js';
import { SESSION_ID } from '../auth/own-cookies.js';
import { SessionsService } from '../auth/sessions/sessions.service.js';
import { JwtStrategy } from '../auth/strategies/jwt.strategy.js';
import { AuthenticationFailed, InvalidApiKey, InvalidBearer } from '../common/errors.js';
import { OrganizationsService } from '../organizations/organizations.service.js';
import { type IntrospectionAnswer, TOKEN_TYPES } from './introspection.dto.js';

const INACTIVE: IntrospectionAnswer = { active: false };

/** Tells a service what a credential opens that somebody presented to it (RFC 7662). */
@Injectable()
export class IntrospectionService {
  constructor(
    private readonly authentication: Authentication,
    private readonly jwt: JwtStrategy,
    private readonly organizations: OrganizationsService,
    private readonly keys: AccessKeysService,
    private readonly sessions: SessionsService,
  ) {}

  /**
   * Judged as a request with this credential would be, but it isn't used: no last use, no first use, nothing counted. What
   * opens nothing, for whatever reason, is `{"active": false}`. `origin`: of the client that presented it, as far as the
   * service tells.
   */
  async introspect(token: string, origin: Origin): Promise<IntrospectionAnswer> {
    const proven = await this.authentication.inspect(schemeOf(token), token, origin).catch(refused);
    if (!proven) return INACTIVE;
    const { principal, shown } = proven;
    const { credential } = principal;
    const key = credential.scheme === 'access_key' ? credential : undefined;
    const { expiresAt } = credential;
    const organizations = await this.organizationsOf(principal);
    // As for a gateway's check: a key that is confined to one opens nothing anywhere else.
    if (key && key.organizationId !== null && organizations.length === 0) return INACTIVE;
    return {
      active: true,
      sub: String(principal.userId),
      username: shown.email,
      ...(key && { client_id: key.prefix }),
      token_type: TOKEN_TYPES[credential.scheme],
      ...(expiresAt && { exp: secondsOf(expiresAt) }),
      iat: secondsOf(await this.madeAt(principal, token)),
      scope: key?.accessLevel === 'read_only' ? 'read' : 'read write',
      organizations,
    };
  }

  private async madeAt(principal: Principal, token: string): Promise<Date> {
    const { credential } = principal;
    if (credential.scheme === 'jwt') return (await this.jwt.open(token)).issuedAt;
    if (credential.scheme === 'session') return this.sessions.startedAt(credential.sessionId);
    return (await this.keys.get(keyItself(principal), { id: credential.keyId })).createdAt;
  }

  private async organizationsOf(principal: Principal): Promise<{ id: number; role: string }[]> {
    const memberships = await this.organizations.listMemberships(principal);
    return memberships.map(({ id, role }) => ({ id, role }));
  }
}

/** Told by the form alone; text of no form of ours is no token either. */
function schemeOf(token: string): Scheme {
  if (parseKey(token)) return 'access_key';
  return SESSION_ID.test(token) ? 'session' : 'jwt';
}

/** What refuses a credential says that it is not active; an outage stays one. */
function refused(error: unknown): Proven | undefined {
  const refusals = [InvalidApiKey, InvalidBearer, AuthenticationFailed];
  if (refusals.some((refusal) => error instanceof refusal)) return undefined;
  throw error;
}

function secondsOf(instant: Date): number {
  return Math.floor(instant.getTime() / 1000);
}
