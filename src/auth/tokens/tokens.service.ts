import { Injectable } from '@nestjs/common';
import type { Actor } from '../../access/principal.js';
import { randomText } from '../../common/crypto/random-text.js';
import { InvalidBearer, TokenNotValid } from '../../common/errors.js';
import { AccountsService } from '../../users/accounts.service.js';
import type { LogInBody } from '../../users/log-in.dto.js';
import { StrategyRefusal } from '../run-strategy.js';
import { JwtStrategy } from '../strategies/jwt.strategy.js';
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
    private readonly jwt: JwtStrategy,
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
    return this.pairOf(await this.families.rotate(by, await this.refreshClaims(token)));
  }

  /** Errors: TokenNotValid unless the token, of either type, would be accepted now. */
  async verify(token: string): Promise<ValidTokenAnswer> {
    const claims = await this.jwt.open(token).catch(notValid('access'));
    if (claims.type === 'refresh') await this.families.check(claims);
    else await this.jwt.judge(claims).catch(notValid('access'));
    return {};
  }

  /** Ends the family of a refresh token. Errors: TokenNotValid. */
  async revoke(by: Actor, token: string): Promise<void> {
    await this.families.revoke(by, await this.refreshClaims(token));
  }

  private async refreshClaims(token: string): Promise<TokenClaims> {
    const claims = await this.jwt.open(token).catch(notValid('not_ours'));
    if (claims.type !== 'refresh') throw new TokenNotValid('wrong_type');
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

/** The refusals of the strategy in the words of these endpoints; an outage stays one. */
const notValid =
  (reason: string) =>
  (error: unknown): never => {
    const refused = error instanceof StrategyRefusal || error instanceof InvalidBearer;
    throw refused ? new TokenNotValid(reason) : error;
  };
