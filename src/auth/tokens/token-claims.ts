import { LARGEST_ID } from '../../common/ids.js';

const LONGEST_JTI = 64;

/** What a token of ours says, once its signature is known to be ours. No secret, no personal data, no role (B7). */
export interface TokenClaims {
  readonly type: 'access' | 'refresh';
  readonly jti: string;
  readonly userId: number;
  readonly familyId: number;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
}

/**
 * The claims of a payload, or `undefined` if one is missing or of the wrong kind. `exp` may have a fraction (RFC 7519
 * §2), but must be a time that a calendar knows.
 */
export function readClaims(payload: unknown): TokenClaims | undefined {
  const claims = (payload ?? {}) as Record<string, unknown>;
  const { token_type: type, jti, user_id: userId, sid: familyId, iat, exp } = claims;
  if (type !== 'access' && type !== 'refresh') return undefined;
  if (typeof jti !== 'string' || jti === '' || jti.length > LONGEST_JTI) return undefined;
  if (!isId(userId) || !isId(familyId) || !isTime(iat) || !isTime(exp)) return undefined;
  return {
    type,
    jti,
    userId,
    familyId,
    issuedAt: new Date(iat * 1000),
    expiresAt: new Date(exp * 1000),
  };
}

/** The payload that says these claims; the same claims give the same bytes. */
export function writeClaims(claims: TokenClaims): Record<string, unknown> {
  return {
    token_type: claims.type,
    jti: claims.jti,
    iat: claims.issuedAt.getTime() / 1000,
    exp: claims.expiresAt.getTime() / 1000,
    user_id: claims.userId,
    sid: claims.familyId,
  };
}

function isId(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) > 0 && (value as number) <= LARGEST_ID;
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && value > 0 && value < 1e11;
}
