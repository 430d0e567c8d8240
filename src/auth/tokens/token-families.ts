import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Actor } from '../../access/principal.js';
import type { Act } from '../../acts/act.js';
import { Acts } from '../../acts/acts.js';
import { unjudged } from '../../acts/authority.js';
import { digestOf } from '../../common/crypto/digest.js';
import { hmacText, purposeKey } from '../../common/crypto/purpose-key.js';
import { randomText } from '../../common/crypto/random-text.js';
import { type ApiError, TokenNotValid } from '../../common/errors.js';
import { ENV } from '../../config/config.module.js';
import type { Env } from '../../config/env.js';
import { ACCESS_LIFETIME, FAMILY_LIFETIME, NOW, REFRESH_LIFETIME } from './lifetimes.js';
import { findRefreshState, problemOf } from './refresh-state.js';
import type { TokenClaims } from './token-claims.js';

const JTI_LENGTH = 43;

/** A refresh token's row with what its tokens are made of. The `jti` itself is stored nowhere. */
export interface IssuedRefresh {
  readonly jti: string;
  readonly family_id: number;
  readonly user_id: number;
  readonly issued_at: Date;
  readonly expires_at: Date;
  readonly now: Date;
  readonly access_expires_at: Date;
}

const TIMES = `${NOW} AS now, least(${NOW} + ${ACCESS_LIFETIME}, f.expires_at) AS access_expires_at`;

const BEGIN = `
  WITH f AS (
    INSERT INTO token_families (user_id, auth_epoch, expires_at, ip, user_agent)
    SELECT id, auth_epoch, ${NOW} + ${FAMILY_LIFETIME}, $4, $5 FROM active_users
    WHERE id = $1 AND auth_epoch = $2
    RETURNING id, user_id, expires_at
  ), t AS (
    INSERT INTO refresh_tokens (family_id, digest, issued_at, expires_at)
    SELECT f.id, $3, ${NOW}, ${NOW} + ${REFRESH_LIFETIME} FROM f
    RETURNING issued_at, expires_at
  )
  SELECT f.id AS family_id, f.user_id, t.issued_at, t.expires_at, ${TIMES} FROM f, t`;

/** Marks the token used and inserts its successor, or does neither: one statement (Keycloak CVE-2026-1035). */
const ROTATE = `
  WITH used AS (
    UPDATE refresh_tokens SET used_at = app_now() WHERE id = $1 AND used_at IS NULL RETURNING family_id
  ), t AS (
    INSERT INTO refresh_tokens (family_id, digest, issued_at, expires_at)
    SELECT f.id, $2, ${NOW}, least(${NOW} + ${REFRESH_LIFETIME}, f.expires_at)
    FROM used JOIN token_families f ON f.id = used.family_id
    RETURNING family_id, issued_at, expires_at
  )
  SELECT t.family_id, f.user_id, t.issued_at, t.expires_at, ${TIMES}
  FROM t JOIN token_families f ON f.id = t.family_id`;

const SUCCESSOR = `
  SELECT t.family_id, f.user_id, t.issued_at, t.expires_at, ${TIMES}
  FROM refresh_tokens t JOIN token_families f ON f.id = t.family_id
  WHERE t.digest = $1`;

/**
 * Token families: begun by a login, kept going by refreshing, ended by revocation or replay. Refresh tokens are known
 * by digests alone; a successor's `jti` is an HMAC of its predecessor's, so that a client that lost the answer can be
 * given the same one again although we don't have it.
 */
@Injectable()
export class TokenFamilies {
  private readonly key: Buffer;

  constructor(
    private readonly dataSource: DataSource,
    private readonly acts: Acts,
    @Inject(ENV) env: Env,
  ) {
    this.key = purposeKey(env.SECRET_KEY, 'refresh');
  }

  /** Begins a family; `undefined` when the user was deactivated or the password changed since `authEpoch` was read. */
  begin(by: Actor, user: { id: number; authEpoch: number }): Promise<IssuedRefresh | undefined> {
    const jti = randomText(JTI_LENGTH);
    const { ip, userAgent } = by.origin;
    const owner = { ...by, userId: user.id };
    return this.acts.run(unjudged(owner, 'a password was proven'), async (act) => {
      const values = [user.id, user.authEpoch, digestOf(jti), ip, userAgent];
      const [row] = await act.manager.query<Omit<IssuedRefresh, 'jti'>[]>(BEGIN, values);
      if (row) await record(act, 'token.issued', row);
      return row && { ...row, jti };
    });
  }

  /**
   * The successor of a refresh token. Within ten seconds a used one gives the same successor again, while that was not
   * used itself; any other use of a used one ends the family (RFC 9700 §4.14.2). Errors: TokenNotValid.
   */
  async rotate(by: Actor, claims: TokenClaims): Promise<IssuedRefresh> {
    const jti = hmacText(this.key, claims.jti);
    const outcome = await this.locked(by, claims, async (act): Promise<IssuedRefresh | ApiError> => {
      const { manager } = act;
      const state = await findRefreshState(manager, claims, jti);
      const problem = problemOf(state);
      if (problem?.reason === 'replayed') await end(act, claims, 'replayed');
      if (problem || !state) return problem ?? new TokenNotValid('unknown');
      const [row] = await (state.used
        ? manager.query<Omit<IssuedRefresh, 'jti'>[]>(SUCCESSOR, [digestOf(jti)])
        : manager.query<Omit<IssuedRefresh, 'jti'>[]>(ROTATE, [state.token_id, digestOf(jti)]));
      // Cleaned up since it was looked at, or made with another SECRET_KEY.
      return row ? { ...row, jti } : new TokenNotValid('over');
    });
    // Thrown out here: inside, it would roll back the end of the family.
    if (outcome instanceof Error) throw outcome;
    return outcome;
  }

  /** Throws TokenNotValid unless this refresh token could be refreshed now. */
  async check(claims: TokenClaims): Promise<void> {
    const state = await findRefreshState(this.dataSource.manager, claims, hmacText(this.key, claims.jti));
    const problem = problemOf(state && { ...state, retriable: false });
    if (problem) throw problem;
  }

  /** Ends the family of a refresh token of ours, used or not; repeating it changes nothing. Errors: TokenNotValid. */
  async revoke(by: Actor, claims: TokenClaims): Promise<void> {
    const known = await this.locked(by, claims, async (act) => {
      const state = await findRefreshState(act.manager, claims, hmacText(this.key, claims.jti));
      if (state) await end(act, claims, 'revoked');
      return state;
    });
    if (!known) throw new TokenNotValid('unknown');
  }

  /**
   * Runs `work` while no other request touches this family. What it reads it must read in statements of its own: they
   * see what was committed while we waited for the lock, and what time it is then.
   */
  private locked<T>(by: Actor, { familyId }: TokenClaims, work: (act: Act) => Promise<T>): Promise<T> {
    return this.acts.run(unjudged(by, 'the refresh token itself is judged'), async (act) => {
      await act.manager.query('SELECT FROM token_families WHERE id = $1 FOR UPDATE', [familyId]);
      return work(act);
    });
  }
}

async function end(
  act: Act,
  { familyId, userId }: TokenClaims,
  reason: 'revoked' | 'replayed',
): Promise<void> {
  const [, ended] = await act.manager.query<[unknown, number]>(
    'UPDATE token_families SET ended_at = app_now(), end_reason = $2 WHERE id = $1 AND ended_at IS NULL',
    [familyId, reason],
  );
  if (ended > 0) await record(act, `token.${reason}`, { family_id: familyId, user_id: userId });
}

function record(
  act: Act,
  action: string,
  { family_id: id, user_id: userId }: Pick<IssuedRefresh, 'family_id' | 'user_id'>,
): Promise<void> {
  return act.record(action, { type: 'token_family', id, userId });
}
