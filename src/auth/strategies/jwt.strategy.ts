import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import type { FastifyRequest } from 'fastify';
import { Strategy, type StrategyOptionsWithRequest } from 'passport-jwt';
import { originOf } from '../../access/decorators.js';
import { InvalidBearer } from '../../common/errors.js';
import { parseId } from '../../common/ids.js';
import { CredentialLookup } from '../lookup/credential-lookup.js';
import { proven, type Proven } from '../lookup/membership-join.js';
import { presentedCredential } from '../presented-credential.js';
import { JWT_ALGORITHM, JWT_AUDIENCE, JWT_ISSUER, SigningKeys } from '../signing-keys.js';
import { ProvenTokens } from '../tokens/proven-tokens.js';
import { readClaims, type TokenClaims } from '../tokens/token-claims.js';

/**
 * `Authorization: Bearer <jwt>`. The signature says whose token it is; everything else is judged by committed state:
 * the token's family must live, its user be active, and the database's clock before its expiry (so instances whose own
 * clocks differ agree). Otherwise: InvalidBearer.
 */
@Injectable()
export class JwtStrategy extends PassportStrategy(Strategy, 'jwt') {
  private readonly provenTokens = new ProvenTokens();

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
      secretOrKeyProvider: (_request, token: string, done) => {
        const key = keys.verifierFor(token);
        // Without the error jsonwebtoken goes on with no key, and trips over it when there is no signature either.
        done(key ? null : new Error('unknown key'), key as unknown as Buffer);
      },
    };
    super(options);
  }

  /** Verifies a token's signature once; everything else is judged at every request. */
  override authenticate(incoming: Incoming, options?: object): void {
    const request = incoming as unknown as Addressed;
    const claims = this.provenTokens.claimsOf(bearerToken(request));
    if (!claims) return super.authenticate(incoming, options);
    this.judge(request, claims).then(
      (proof) => this.success(proof),
      (error: Error) => this.error(error),
    );
  }

  /** Passport calls it with what a token says whose signature it has verified. */
  validate(request: Addressed, payload: unknown): Promise<Proven> {
    const claims = readClaims(payload);
    if (claims?.type !== 'access') throw InvalidBearer.notValid('claims');
    this.provenTokens.add(bearerToken(request), claims);
    return this.judge(request, claims);
  }

  private async judge(request: Addressed, claims: TokenClaims): Promise<Proven> {
    const row = await this.lookup.family(claims.familyId, parseId(request.params.org_pk));
    if (!row || row.user_id !== claims.userId) throw InvalidBearer.notValid('unknown_family');
    if (!row.is_active) throw InvalidBearer.userInactive();
    if (row.ended) throw InvalidBearer.notValid('family_ended');
    if (row.now >= claims.expiresAt) throw InvalidBearer.notValid('expired');
    const credential = { scheme: 'jwt', familyId: row.id, expiresAt: claims.expiresAt } as const;
    return proven({ userId: row.user_id, isStaff: row.is_staff, credential, origin: originOf(request) }, row);
  }
}

/** Passport's types know Express alone. */
type Incoming = Parameters<Strategy['authenticate']>[0];

/** A request whose path may name an organization. */
type Addressed = FastifyRequest<{ Params: { org_pk?: string } }>;

function bearerToken(request: FastifyRequest): string {
  const presented = presentedCredential(request);
  const token = presented.scheme === 'jwt' ? presented.value : '';
  if (token === '' || /\s/.test(token)) throw InvalidBearer.badHeader();
  return token;
}
