import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { Strategy } from 'passport-jwt';
import { InvalidBearer } from '../../common/errors.js';
import { CredentialLookup, type FamilyRow, type RequestContext } from '../lookup/credential-lookup.js';
import { proven, type Proven } from '../lookup/membership-join.js';
import type { Attempt } from '../presented-credential.js';
import { runStrategy, StrategyRefusal } from '../run-strategy.js';
import { JWT_ALGORITHM, JWT_AUDIENCE, JWT_ISSUER, SigningKeys } from '../signing-keys.js';
import { ProvenTokens } from '../tokens/proven-tokens.js';
import { readClaims, type TokenClaims } from '../tokens/token-claims.js';

/** In no organization. */
const NOWHERE: RequestContext = { org: undefined, address: null };

/** What is not one word after `Bearer `. */
const NOT_ONE_WORD = /^$|\s/;

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
    super({
      jwtFromRequest: ({ token }: { token: string }) => token,
      algorithms: [JWT_ALGORITHM],
      issuer: JWT_ISSUER,
      audience: JWT_AUDIENCE,
      ignoreExpiration: true, // the database's clock judges that
      secretOrKeyProvider: (_request: unknown, token: string, done) => {
        const key = keys.verifierFor(token);
        // Without the error jsonwebtoken goes on with no key, and trips over it when there is no signature either.
        done(key === undefined ? new Error('unknown key') : null, key);
      },
    });
  }

  /** Passport asks what a token says whose signature it has verified. */
  validate(payload: unknown): TokenClaims {
    const claims = readClaims(payload);
    if (!claims) throw new StrategyRefusal('claims');
    return claims;
  }

  /**
   * What a token of either type says, if one of our keys signed it, for us: the one place where a JWT is verified. Whether
   * it is expired, and whether its family lives, is not judged here. Errors: StrategyRefusal.
   */
  async open(token: string): Promise<TokenClaims> {
    const known = this.provenTokens.claimsOf(token);
    if (known) return known;
    const claims = await runStrategy<TokenClaims>(this, { token });
    if (claims.type === 'access') this.provenTokens.add(token, claims);
    return claims;
  }

  /** Whom a bearer token proves. */
  async prove({ value: token, organizationId: org, address, origin }: Attempt): Promise<Proven> {
    if (NOT_ONE_WORD.test(token)) throw InvalidBearer.badHeader();
    const claims = await this.open(token).catch(refuse);
    if (claims.type !== 'access') throw InvalidBearer.wrongType();
    const row = await this.judge(claims, { org, address });
    const credential = { scheme: 'jwt', familyId: row.id, expiresAt: claims.expiresAt } as const;
    return proven({ userId: row.user_id, isStaff: row.is_staff, credential, origin }, row);
  }

  /** What the database knows of an access token that opens something now. Errors: InvalidBearer. */
  async judge(claims: TokenClaims, context: RequestContext = NOWHERE): Promise<FamilyRow> {
    const row = await this.lookup.family(claims.familyId, context);
    if (!row || row.user_id !== claims.userId) throw InvalidBearer.notValid('unknown_family');
    if (!row.is_active) throw InvalidBearer.userInactive();
    if (row.ended) throw InvalidBearer.notValid('family_ended');
    if (row.now >= claims.expiresAt) throw InvalidBearer.notValid('expired');
    return row;
  }
}

function refuse(error: unknown): never {
  throw error instanceof StrategyRefusal ? InvalidBearer.notValid(error.message) : error;
}
