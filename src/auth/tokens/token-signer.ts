import { Injectable } from '@nestjs/common';
import jwt from 'jsonwebtoken';
import { JWT_ALGORITHM, JWT_AUDIENCE, JWT_ISSUER, SigningKeys } from '../signing-keys.js';
import { readClaims, type TokenClaims, writeClaims } from './token-claims.js';

/** Makes JWTs of claims and claims of JWTs. RS256 is deterministic: the same claims give the same token. */
@Injectable()
export class TokenSigner {
  constructor(private readonly keys: SigningKeys) {}

  sign(claims: TokenClaims): string {
    const { kid, privateKey } = this.keys.signer;
    return jwt.sign(writeClaims(claims), privateKey, {
      algorithm: JWT_ALGORITHM,
      keyid: kid,
      issuer: JWT_ISSUER,
      audience: JWT_AUDIENCE,
    });
  }

  /**
   * What a token says, or `undefined` unless one of our keys signed it, for us. Whether it is expired is not judged
   * here: the database's clock does that.
   */
  open(token: string): TokenClaims | undefined {
    const key = this.keys.verifierFor(token);
    if (!key) return undefined;
    try {
      return readClaims(
        jwt.verify(token, key, {
          algorithms: [JWT_ALGORITHM],
          issuer: JWT_ISSUER,
          audience: JWT_AUDIENCE,
          ignoreExpiration: true,
        }),
      );
    } catch {
      return undefined;
    }
  }
}
