import { ProvenTokens } from '../../src/auth/tokens/proven-tokens.js';
import type { TokenClaims } from '../../src/auth/tokens/token-claims.js';

const at = new Date(0);
const claimsOf = (userId: number): TokenClaims => ({
  type: 'access',
  jti: 'x',
  userId,
  familyId: 1,
  issuedAt: at,
  expiresAt: at,
});

describe('The tokens whose signature was verified', () => {
  it('are known by every byte of theirs', () => {
    const proven = new ProvenTokens();
    proven.add('head.claims.signature', claimsOf(1));
    expect(proven.claimsOf('head.claims.signature')).toEqual(claimsOf(1));
    for (const other of ['head.claims.signaturf', 'head.claimt.signature', 'head.claims.signature ', '']) {
      expect(proven.claimsOf(other)).toBeUndefined();
    }
  });

  it('are so many at most: the oldest is forgotten (A16)', () => {
    const proven = new ProvenTokens();
    for (let n = 1; n <= 16_385; n += 1) proven.add(`token ${n}`, claimsOf(n));
    expect(proven.claimsOf('token 1')).toBeUndefined();
    expect(proven.claimsOf('token 2')).toEqual(claimsOf(2));
    expect(proven.claimsOf('token 16385')).toEqual(claimsOf(16_385));
  });
});
