import { randomText } from '../../../src/common/crypto/random-text.js';
import type { TestApp } from '../app.js';
import type { Client } from '../client.js';
import { logInForTokens } from '../log-in.js';
import { forged } from '../tokens.js';
import type { Tenant } from './tenant.js';

/** Clients with no credential, and with bad ones of every scheme: ours but over, nearly ours, and none at all. */
export async function badCredentials(test: TestApp, tenant: Tenant): Promise<Record<string, Client>> {
  const { api, make, database } = test;
  const { key } = tenant.key;
  const revoked = await make.accessKey(tenant.owner);
  await database.query('UPDATE access_keys SET revoked_at = app_now() WHERE id = $1', [revoked.id]);
  const expired = await make.accessKey(tenant.owner, { expiresInSeconds: -1 });
  const { refresh } = await logInForTokens(test, tenant.owner);
  const claims = { token_type: 'access', user_id: tenant.owner.id, sid: 1, jti: randomText(16) };
  const authorized = (authorization: string): Client => api.with({ authorization });
  const withCookie = (value: string): Client => api.with({ cookie: `sessionid=${value}` });
  return {
    'no credential': api,
    'an unknown key': api.as({ key: `AAAAAAAA.${'A'.repeat(32)}` }),
    'a wrong secret': api.as({ key: `${key.slice(0, 9)}${'A'.repeat(32)}` }),
    'half a key': api.as({ key: key.slice(0, 8) }),
    'a revoked key': api.as({ key: revoked.key }),
    'an expired key': api.as({ key: expired.key }),
    'a key as bearer': api.as({ bearer: key }),
    'a key without the word': authorized(key),
    'a key as Basic': authorized(`Basic ${Buffer.from(`${key}:`).toString('base64')}`),
    'no token': api.as({ bearer: 'a.b.c' }),
    'an unsigned token': api.as({
      bearer: forged(test, claims, { header: { alg: 'none' }, sign: () => '' }),
    }),
    'a token with another signature': api.as({ bearer: forged(test, claims, { sign: () => 'AAAA' }) }),
    'a token without times': api.as({ bearer: forged(test, claims) }),
    'a refresh token': api.as({ bearer: refresh }),
    'an unknown session': withCookie('A'.repeat(43)),
    'a session that is none': withCookie('%00;x'),
    'a key as session': withCookie(key),
  };
}
