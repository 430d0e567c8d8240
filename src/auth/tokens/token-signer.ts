import { Injectable } from '@nestjs/common';
import jwt from 'jsonwebtoken';
import { JWT_ALGORITHM, JWT_AUDIENCE, JWT_ISSUER, SigningKeys } from '../signing-keys.js';
import { type TokenClaims, writeClaims } from './token-claims.js';

/** Makes JWTs of claims; JwtStrategy reads them. RS256 is deterministic: the same claims give the same token. */
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
}
