import { Injectable } from '@nestjs/common';
import type { Actor } from '../../access/principal.js';
import { randomText } from '../../common/crypto/random-text.js';
import { TokenNotValid } from '../../common/errors.js';
import { AccountsService } from '../../users/accounts.service.js';
import type { LogInBody } from '../../users/log-in.dto.js';
import { CredentialLookup } from '../lookup/credential-lookup.js';
import type { TokenClaims } from './token-claims.js';
import { type IssuedRefresh, TokenFamilies } from './token-families.js';
import { TokenSigner } from './token-signer.js';
import type { TokenPairAnswer, ValidTokenAnswer } from './tokens.dto.js';

const ACCESS_JTI_LENGTH = 22;

/** Access and refresh tokens, in the manner of Simple JWT. */
@Injectable()
export class TokensService {
  constructor(
    private readonly accounts: AccountsService,
    private readonly families: TokenFamilies,
    private readonly signer: TokenSigner,
    private readonly lookup: CredentialLookup,
  ) {}

  /** The first pair of a new family. Errors: NoActiveAccount, Throttled. */
  async obtain(by: Actor, details: LogInBody): Promise<TokenPairAnswer> {
    const user = await this.accounts.authenticate(by, details);
    const first = await this.families.begin(by, user);
    if (!first) throw this.accounts.refused(by, 'changed_meanwhile', user);
    return this.pairOf(first);
  }

  /** The next pair. Errors: TokenNotValid; a replay ends the family. */
  async refresh(by: Actor, token: string): Promise<TokenPairAnswer> {
    return this.pairOf(await this.families.rotate(by, this.refreshClaims(token)));
  }

  /** Errors: TokenNotValid unless the token, of either type, would be accepted now. */
  async verify(token: string): Promise<ValidTokenAnswer> {
    const claims = this.signer.open(token);
    if (claims?.type === 'refresh') await this.families.check(claims);
    else if (!claims || !(await this.opens(claims))) throw new TokenNotValid('access');
    return {};
  }

  /** Ends the family of a refresh token. Errors: TokenNotValid. */
  async revoke(by: Actor, token: string): Promise<void> {
    await this.families.revoke(by, this.refreshClaims(token));
  }

  /** Whether an access token opens anything now: the rule of JwtStrategy. */
  private async opens({ familyId, userId, expiresAt }: TokenClaims): Promise<boolean> {
    const row = await this.lookup.family(familyId, undefined);
    return row?.user_id === userId && row.is_active && !row.ended && row.now < expiresAt;
  }

  private refreshClaims(token: string): TokenClaims {
    const claims = this.signer.open(token);
    if (claims?.type !== 'refresh') throw new TokenNotValid(claims ? 'wrong_type' : 'not_ours');
    return claims;
  }

  private pairOf(issued: IssuedRefresh): TokenPairAnswer {
    const { jti, family_id: familyId, user_id: userId } = issued;
    const access: TokenClaims = {
      type: 'access',
      jti: randomText(ACCESS_JTI_LENGTH),
      userId,
      familyId,
      issuedAt: issued.now,
      expiresAt: issued.access_expires_at,
    };
    const refresh: TokenClaims = {
      type: 'refresh',
      jti,
      userId,
      familyId,
      issuedAt: issued.issued_at,
      expiresAt: issued.expires_at,
    };
    return { access: this.signer.sign(access), refresh: this.signer.sign(refresh) };
  }
}
