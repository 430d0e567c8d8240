import jwt from 'jsonwebtoken';
import { JWT_ALGORITHM, JWT_AUDIENCE, JWT_ISSUER, SigningKeys } from '../../src/auth/signing-keys.js';
import { Csrf } from '../../src/auth/csrf.js';
import { digestOf } from '../../src/common/crypto/digest.js';
import { randomText } from '../../src/common/crypto/random-text.js';
import type { TestApp } from './app.js';

/** A live session of a user, made without a password: what `test.api.as()` takes. */
export async function sessionOf(
  { database, env }: TestApp,
  user: { id: number },
): Promise<{ session: string; csrf: string }> {
  const session = randomText(43);
  await database.query(
    `INSERT INTO sessions (digest, user_id, auth_epoch, idle_expires_at, expires_at)
     SELECT $1, id, auth_epoch, app_now() + interval '1 hour', app_now() + interval '1 day' FROM users WHERE id = $2`,
    [digestOf(session), user.id],
  );
  return { session, csrf: new Csrf(env).newToken(session) };
}

/** An access token of a user, made without a password: what `test.api.as()` takes. */
export async function bearerOf(
  { database, env }: TestApp,
  user: { id: number },
): Promise<{ bearer: string }> {
  const [family] = await database.query<{ id: number }>(
    `INSERT INTO token_families (user_id, auth_epoch, expires_at)
     SELECT id, auth_epoch, app_now() + interval '1 day' FROM users WHERE id = $1 RETURNING id`,
    [user.id],
  );
  const { kid, privateKey } = new SigningKeys(env).signer;
  const claims = { token_type: 'access', user_id: user.id, sid: family?.id, jti: randomText(16) };
  const options = {
    algorithm: JWT_ALGORITHM,
    keyid: kid,
    issuer: JWT_ISSUER,
    audience: JWT_AUDIENCE,
    expiresIn: 300,
  } as const;
  return { bearer: jwt.sign(claims, privateKey, options) };
}
