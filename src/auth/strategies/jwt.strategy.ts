import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import type { FastifyRequest } from 'fastify';
import { Strategy, type StrategyOptionsWithRequest } from 'passport-jwt';
import { originOf } from '../../access/decorators.js';
import { InvalidBearer } from '../../common/errors.js';
import { LARGEST_ID } from '../../common/fields.js';
import { parseId } from '../../common/id.pipe.js';
import { CredentialLookup } from '../lookup/credential-lookup.js';
import { proven, type Proven } from '../lookup/membership-join.js';
import { presentedCredential } from '../presented-credential.js';
import { JWT_ALGORITHM, JWT_AUDIENCE, JWT_ISSUER, SigningKeys } from '../signing-keys.js';

/**
 * `Authorization: Bearer <jwt>`. The signature says whose token it is; everything else is judged by committed state:
 * the token's family must live, its user be active, and the database's clock before its expiry (so instances whose own
 * clocks differ agree). Otherwise: InvalidBearer.
 */
@Injectable()
export class JwtStrategy extends PassportStrategy(Strategy, 'jwt') {
  constructor(
    private readonly lookup: CredentialLookup,
    keys: SigningKeys,
  ) {
    const options: StrategyOptionsWithRequest = {
      jwtFromRequest: bearerToken,
      algorithms: [JWT_ALGORITHM],
      issuer: JWT_ISSUER,
      audience: JWT_AUDIENCE,
      ignoreExpiration: true, // judged below
      passReqToCallback: true,
      // A KeyObject, not text: parsing a PEM at every request would cost more than verifying. The types know text only.
      secretOrKeyProvider: (_request, token: string, done) =>
        done(null, keys.verifierFor(token) as unknown as Buffer),
    };
    super(options);
  }

  async validate(
    request: FastifyRequest<{ Params: { org_pk?: string } }>,
    payload: unknown,
  ): Promise<Proven> {
    const claims = readClaims(payload);
    if (!claims) throw InvalidBearer.notValid('claims');
    const row = await this.lookup.family(claims.familyId, parseId(request.params.org_pk));
    if (!row || row.user_id !== claims.userId) throw InvalidBearer.notValid('unknown_family');
    if (!row.is_active) throw InvalidBearer.userInactive();
    if (row.ended) throw InvalidBearer.notValid('family_ended');
    if (row.now >= claims.expiresAt) throw InvalidBearer.notValid('expired');
    const credential = { scheme: 'jwt', familyId: row.id, expiresAt: claims.expiresAt } as const;
    return proven({ userId: row.user_id, isStaff: row.is_staff, credential, origin: originOf(request) }, row);
  }
}

function bearerToken(request: FastifyRequest): string {
  const presented = presentedCredential(request);
  const token = presented.scheme === 'jwt' ? presented.value : '';
  if (token === '' || /\s/.test(token)) throw InvalidBearer.badHeader();
  return token;
}

/** The claims of an access token that its judgement needs; `undefined` if one is missing or of the wrong kind. */
function readClaims(payload: unknown): { userId: number; familyId: number; expiresAt: Date } | undefined {
  const { token_type: type, user_id: userId, sid: familyId, exp } = payload as Record<string, unknown>;
  if (type !== 'access' || !isId(userId) || !isId(familyId)) return undefined;
  if (typeof exp !== 'number' || !(exp > 0 && exp < 1e11)) return undefined;
  return { userId, familyId, expiresAt: new Date(exp * 1000) };
}

function isId(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) > 0 && (value as number) <= LARGEST_ID;
}
