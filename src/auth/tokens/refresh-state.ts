import type { EntityManager } from 'typeorm';
import { digestOf } from '../../common/crypto/digest.js';
import { TokenNotValid } from '../../common/errors.js';
import { RETRY_WINDOW } from './lifetimes.js';
import type { TokenClaims } from './token-claims.js';

/** What the database knows of a presented refresh token, as committed when it was asked. */
interface RefreshState {
  readonly token_id: number;
  readonly user_id: number;
  /** Somebody ended the family: revoked or replayed. */
  readonly ended: boolean;
  /** Time or the user's authentication epoch ended it, or the user is inactive. */
  readonly over: boolean;
  readonly used: boolean;
  /** Used a moment ago, and its successor was not used yet: the answer may have been lost. */
  readonly retriable: boolean;
}

const STATE = `
  SELECT t.id AS token_id, f.user_id, f.ended_at IS NOT NULL AS ended,
    (c.ended AND f.ended_at IS NULL) OR NOT c.is_active OR least(t.expires_at, $4) <= app_now() AS over,
    t.used_at IS NOT NULL AS used,
    coalesce(t.used_at > app_now() - ${RETRY_WINDOW} AND successor.used_at IS NULL, false) AS retriable
  FROM refresh_tokens t
  JOIN token_families f ON f.id = t.family_id
  JOIN token_family_credentials c ON c.id = f.id
  LEFT JOIN refresh_tokens successor ON successor.digest = $3
  WHERE f.id = $1 AND t.digest = $2`;

/** What the database knows of a refresh token; `undefined`: it has none such. */
export async function findRefreshState(
  manager: EntityManager,
  claims: TokenClaims,
  successorJti: string,
): Promise<RefreshState | undefined> {
  const [state] = await manager.query<RefreshState[]>(STATE, [
    claims.familyId,
    digestOf(claims.jti),
    digestOf(successorJti),
    claims.expiresAt,
  ]);
  return state?.user_id === claims.userId ? state : undefined;
}

/** Why a refresh token is not accepted, or `undefined` when it is good or may be tried again. */
export function problemOf(state: RefreshState | undefined): TokenNotValid | undefined {
  if (!state) return new TokenNotValid('unknown');
  if (state.over) return new TokenNotValid('over');
  if (state.used && !state.retriable) return blacklisted('replayed');
  return state.ended ? blacklisted('family_ended') : undefined;
}

function blacklisted(reason: string): TokenNotValid {
  return new TokenNotValid(reason, 'Token is blacklisted');
}
