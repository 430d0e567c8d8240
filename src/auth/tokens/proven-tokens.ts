import { digestOf } from '../../common/crypto/digest.js';
import type { TokenClaims } from './token-claims.js';

/** Some 500 bytes each. Beyond, the oldest is forgotten, and verified anew when it comes again. */
const MOST = 16_384;

/**
 * What the access tokens say whose signature was verified here (ADR 0025). That one of our keys signed these very bytes
 * stays true, unlike everything that is judged by committed state at every request: whether the family lives, the user
 * is active, the token is not expired. Found by the token's digest, so that no token stays in memory.
 */
export class ProvenTokens {
  private readonly claims = new Map<string, TokenClaims>();

  claimsOf(token: string): TokenClaims | undefined {
    return this.claims.get(nameOf(token));
  }

  /** Only for a token whose signature has just been verified. */
  add(token: string, claims: TokenClaims): void {
    const [oldest] = this.claims.size < MOST ? [] : this.claims.keys();
    if (oldest !== undefined) this.claims.delete(oldest);
    this.claims.set(nameOf(token), claims);
  }
}

function nameOf(token: string): string {
  return digestOf(token).toString('base64url');
}
