import { createHmac, createSign, createPublicKey } from 'node:crypto';
import { JWT_AUDIENCE, JWT_ISSUER } from '../../src/auth/signing-keys.js';
import { RefusalLog } from '../../src/audit/refusals/refusal-log.js';
import { newRsaKey } from '../../src/config/rsa-key.js';
import { AuthCleanup } from '../../src/auth/cleanup.js';
import { startTestApp, type TestApp } from '../support/app.js';
import type { Answer } from '../support/client.js';
import type { MadeUser } from '../support/factory.js';
import { hold } from '../support/hold.js';
import { logInForTokens } from '../support/log-in.js';
import { decoded, forged, type Json, signerOf } from '../support/tokens.js';

let test: TestApp;
beforeAll(async () => {
  test = await startTestApp();
});
afterAll(() => test.close());
afterEach(() => test.database.shiftClock(0));

const refresh = (token: string, via = test.api): Promise<Answer> =>
  via.post('/api/auth/token/refresh/', { refresh: token });
const verify = (token: string): Promise<Answer> => test.api.post('/api/auth/token/verify/', { token });
const revoke = (token: string): Promise<Answer> =>
  test.api.post('/api/auth/token/revoke/', { refresh: token });
const me = (bearer: string): Promise<Answer> => test.api.as({ bearer }).get('/api/auth/me/');

const INVALID = { detail: 'Token is invalid or expired', code: 'token_not_valid' };
const BLACKLISTED = { detail: 'Token is blacklisted', code: 'token_not_valid' };
const BAD_BEARER = {
  detail: 'Given token not valid for any token type',
  code: 'token_not_valid',
  messages: [{ token_class: 'AccessToken', token_type: 'access', message: 'Token is invalid or expired' }],
};

async function newUser(): Promise<MadeUser & { bearer: string; refresh: string }> {
  const user = await test.make.user();
  return { ...user, ...(await logInForTokens(test, user)) };
}

const events = (user: MadeUser, action: string): Promise<{ details: Json; ip: string }[]> =>
  test.database.query('SELECT * FROM audit_events WHERE user_id = $1 AND action = $2', [user.id, action]);

describe('POST /api/auth/token/', () => {
  it('200 gives an access and a refresh token, and nothing else, for the e-mail in any spelling', async () => {
    const user = await test.make.user();
    const password = await test.make.password(user);
    const email = `  ${user.email.toUpperCase()} `;
    const answer = await test.api.post('/api/auth/token/', { email, password });
    expect(answer).toMatchObject({ status: 200 });
    expect(Object.keys(answer.body)).toEqual(['access', 'refresh']);
    expect(await me(answer.body.access)).toMatchObject({ status: 200, body: { user: { id: user.id } } });
    expect(await events(user, 'token.issued')).toHaveLength(1);
  });

  it('400 names every missing field at once; 401 in the documented words for a wrong password', async () => {
    const empty = await test.api.post('/api/auth/token/', {});
    const required = ['This field is required.'];
    expect(empty).toMatchObject({ status: 400, body: { email: required, password: required } });
    const user = await newUser();
    const wrong = await test.api.post('/api/auth/token/', { email: user.email, password: 'not the one' });
    expect(wrong).toMatchObject({
      status: 401,
      body: { detail: 'No active account found with the given credentials', code: 'no_active_account' },
    });
    await test.app.get(RefusalLog, { strict: false }).settled();
    expect(await events(user, 'login.failed')).toMatchObject([{ details: { reason: 'wrong_password' } }]);
  });
});

describe('access tokens', () => {
  it('carry an allow-list of claims: no secret, no personal data, no role (B7)', async () => {
    const user = await newUser();
    const { header, claims } = decoded(user.bearer);
    expect(header).toEqual({ alg: 'RS256', typ: 'JWT', kid: signerOf(test).kid });
    expect(claims).toEqual({
      token_type: 'access',
      jti: expect.any(String),
      iat: expect.any(Number),
      exp: expect.any(Number),
      user_id: user.id,
      sid: expect.any(Number),
      iss: JWT_ISSUER,
      aud: JWT_AUDIENCE,
    });
    expect(Object.keys(decoded(user.refresh).claims).sort()).toEqual(Object.keys(claims).sort());
  });

  it('act with the role of this moment, not of the moment they were made (B7)', async () => {
    const org = await test.make.org();
    const member = await test.make.member(org, 'Owner');
    const { bearer } = await logInForTokens(test, member);
    const role = async (): Promise<string> => (await me(bearer)).body.organizations[0].role;
    expect(await role()).toBe('Owner');
    await test.database.query(
      `UPDATE members SET role_id = (SELECT id FROM roles WHERE organization_id IS NULL AND name = 'Viewer')
       WHERE id = $1`,
      [member.memberId],
    );
    expect(await role()).toBe('Viewer');
  });

  it('live 5 minutes, refresh tokens 1 day (B6)', async () => {
    const user = await newUser();
    const lives = (token: string): number => {
      const { exp, iat } = decoded(token).claims as { exp: number; iat: number };
      return exp - iat;
    };
    expect([lives(user.bearer), lives(user.refresh)]).toEqual([300, 86_400]);
    await test.database.shiftClock(290);
    expect(await me(user.bearer)).toMatchObject({ status: 200 });
    await test.database.shiftClock(301);
    expect(await me(user.bearer)).toMatchObject({ status: 401, body: BAD_BEARER });
    await test.database.shiftClock(86_390);
    expect(await verify(user.refresh)).toMatchObject({ status: 200, body: {} });
    await test.database.shiftClock(86_401);
    expect(await refresh(user.refresh)).toMatchObject({ status: 401, body: INVALID });
  });

  it('a bad bearer is 401 invalid_token in the challenge, with the words of Simple JWT (F3)', async () => {
    const answer = await me('not.a.token');
    expect(answer).toMatchObject({ status: 401, body: BAD_BEARER });
    expect(answer.headers.get('www-authenticate')).toBe(
      'Api-Key realm="api", Bearer realm="api", error="invalid_token"',
    );
    const twoParts = await test.api.with({ authorization: 'Bearer one two' }).get('/api/auth/me/');
    expect(twoParts).toMatchObject({ status: 401, body: { code: 'bad_authorization_header' } });
  });

  it('of an inactive user are 401 user_inactive (F8)', async () => {
    const user = await newUser();
    await test.database.query('UPDATE users SET is_active = false WHERE id = $1', [user.id]);
    expect(await me(user.bearer)).toMatchObject({
      status: 401,
      body: { detail: 'User is inactive', code: 'user_inactive' },
    });
  });
});

describe('what is not a token of ours', () => {
  const everywhere = async (access: string, refreshToken: string): Promise<unknown[]> => [
    (await me(access)).body,
    (await verify(access)).body,
    (await refresh(refreshToken)).body,
    (await revoke(refreshToken)).body,
  ];
  const REFUSED = [BAD_BEARER, INVALID, INVALID, INVALID];
  const other = newRsaKey();
  const byAnother = (input: string): string =>
    createSign('RSA-SHA256').update(input).sign(other, 'base64url');
  const byPublicKey = (input: string): string => {
    const pem = createPublicKey(signerOf(test).privateKey).export({ type: 'spki', format: 'pem' });
    return createHmac('sha256', pem).update(input).digest('base64url');
  };
  const unsigned = (): string => '';

  interface Case {
    name: string;
    header?: Json;
    sign?: (input: string) => string;
  }

  const expectRefused = async ({ header = {}, sign }: Case): Promise<void> => {
    const user = await newUser();
    const options = { header, ...(sign && { sign }) };
    const [access = '', token = ''] = [user.bearer, user.refresh].map((good) =>
      forged(test, decoded(good).claims, options),
    );
    expect(await everywhere(access, token)).toEqual(REFUSED);
    expect(await refresh(user.refresh)).toMatchObject({ status: 200 });
  };

  const ALGORITHMS = ['none', 'None', 'nOnE', 'HS256', 'HS384', 'RS384', 'RS512', 'PS256', 'ES256', 'EdDSA'];
  it.each<Case>([
    ...ALGORITHMS.map((alg) => ({ name: `alg ${alg}`, header: { alg } })),
    ...ALGORITHMS.map((alg) => ({ name: `alg ${alg}, unsigned`, header: { alg }, sign: unsigned })),
    { name: 'no alg', header: { alg: undefined } },
    { name: 'alg as a list', header: { alg: ['RS256'] } },
    { name: 'the public key as HMAC secret', header: { alg: 'HS256' }, sign: byPublicKey },
    { name: 'an empty signature', sign: unsigned },
    { name: "somebody else's key", sign: byAnother },
  ])('is refused everywhere: $name (B1)', expectRefused);

  const jwk = createPublicKey(other).export({ format: 'jwk' });
  it.each<Case>([
    { name: 'an unknown kid', header: { kid: 'nobody' } },
    { name: 'an unknown kid, unsigned', header: { kid: 'nobody' }, sign: unsigned },
    { name: 'a kid with a path', header: { kid: '../../../dev/null' } },
    { name: 'a kid with SQL', header: { kid: "' UNION SELECT 'x" } },
    { name: 'a kid of Object.prototype', header: { kid: 'constructor' } },
    { name: 'a kid that is a list', header: { kid: ['a'] } },
    { name: 'no kid', header: { kid: undefined } },
    { name: 'crit', header: { crit: ['x'], x: 1 } },
    { name: 'its own key as jwk', header: { jwk }, sign: byAnother },
    { name: 'its own key at jku', header: { jku: 'https://example.com/jwks.json' }, sign: byAnother },
    { name: 'its own key at x5u', header: { x5u: 'https://example.com/cert.pem' }, sign: byAnother },
  ])('is refused everywhere: $name (B2)', expectRefused);

  it('includes tokens of the other type: access at refresh, refresh at the API (B4)', async () => {
    const user = await newUser();
    const wrongType = { ...BAD_BEARER.messages[0], message: 'Token has wrong type' };
    expect(await everywhere(user.refresh, user.bearer)).toEqual([
      { ...BAD_BEARER, messages: [wrongType] },
      {},
      INVALID,
      INVALID,
    ]);
    expect(await verify(user.bearer)).toMatchObject({ status: 200, body: {} });
  });

  it.each<[string, Json]>([
    ['another issuer', { iss: 'somebody' }],
    ['no issuer', { iss: undefined }],
    ['another audience', { aud: 'other-api' }],
    ['no audience', { aud: undefined }],
    ["another user's id", { user_id: 1_000_000 }],
    ['a user id as text', { user_id: '1' }],
    ['no family', { sid: undefined }],
    ['an unknown family', { sid: 2_000_000_000 }],
    ['a family that is no id', { sid: 1.5 }],
    ['a family beyond all ids', { sid: 1e15 }],
    ['no type', { token_type: undefined }],
    ['no jti', { jti: undefined }],
    ['a jti that is no text', { jti: 7 }],
  ])('includes tokens with our signature over %s (B5)', async (_name, wrong) => {
    const user = await newUser();
    const bad = [user.bearer, user.refresh].map((token) =>
      forged(test, { ...decoded(token).claims, ...wrong }),
    );
    expect(await everywhere(bad[0] ?? '', bad[1] ?? '')).toEqual(REFUSED);
  });
});

describe('POST /api/auth/token/refresh/', () => {
  it('200 gives a new pair; the new access token opens the API and the old one still does', async () => {
    const user = await newUser();
    const answer = await refresh(user.refresh);
    expect(answer).toMatchObject({ status: 200 });
    expect(Object.keys(answer.body)).toEqual(['access', 'refresh']);
    expect(answer.body.refresh).not.toBe(user.refresh);
    for (const bearer of [user.bearer, answer.body.access])
      expect(await me(bearer)).toMatchObject({ status: 200 });
  });

  it('is not harmed by an expired bearer, a bad key or a dead cookie beside it', async () => {
    const user = await newUser();
    await test.database.shiftClock(301);
    let token = user.refresh;
    const beside: Record<string, string>[] = [
      { authorization: `Bearer ${user.bearer}` },
      { authorization: 'Api-Key nonsense' },
      { cookie: `sessionid=${'a'.repeat(43)}` },
    ];
    for (const headers of beside) {
      const answer = await refresh(token, test.api.with(headers));
      expect(answer).toMatchObject({ status: 200 });
      token = answer.body.refresh;
    }
  });

  it('401 for a user who was deactivated, or changed the password, since (B8)', async () => {
    for (const change of ['is_active = false', 'auth_epoch = auth_epoch + 1']) {
      const user = await newUser();
      await test.database.query(`UPDATE users SET ${change} WHERE id = $1`, [user.id]);
      expect(await refresh(user.refresh)).toMatchObject({ status: 401, body: INVALID });
      await test.database.query('UPDATE users SET is_active = true WHERE id = $1', [user.id]);
    }
  });

  it('a replay ends the whole family, its successor and its access tokens, and is audited (B10)', async () => {
    const user = await newUser();
    const second = (await refresh(user.refresh)).body;
    const third = (await refresh(second.refresh)).body;
    expect(await refresh(user.refresh)).toMatchObject({ status: 401, body: BLACKLISTED });
    expect(await refresh(third.refresh)).toMatchObject({ status: 401, body: BLACKLISTED });
    for (const bearer of [user.bearer, second.access, third.access]) {
      expect(await me(bearer)).toMatchObject({ status: 401, body: BAD_BEARER });
    }
    expect(await refresh(user.refresh)).toMatchObject({ status: 401, body: BLACKLISTED });
    expect(await events(user, 'token.replayed')).toMatchObject([{ ip: '127.0.0.1' }]);
  });

  it('a retry within 10 seconds gives the same successor, byte for byte (B11)', async () => {
    const user = await newUser();
    const first = await refresh(user.refresh);
    await test.database.shiftClock(8);
    const retry = await refresh(user.refresh);
    expect(retry.body.refresh).toBe(first.body.refresh);
    expect(await me(retry.body.access)).toMatchObject({ status: 200 });
    expect(await refresh(first.body.refresh)).toMatchObject({ status: 200 });
  });

  it('a retry after 10 seconds is a replay (B11)', async () => {
    const user = await newUser();
    const { body } = await refresh(user.refresh);
    await test.database.shiftClock(11);
    expect(await refresh(user.refresh)).toMatchObject({ status: 401, body: BLACKLISTED });
    expect(await refresh(body.refresh)).toMatchObject({ status: 401, body: BLACKLISTED });
  });

  it('a retry within 10 seconds is a replay once the successor was used (B11)', async () => {
    const user = await newUser();
    const { body } = await refresh(user.refresh);
    await refresh(body.refresh);
    expect(await refresh(user.refresh)).toMatchObject({ status: 401, body: BLACKLISTED });
  });

  it('a retry of a family that was revoked meanwhile gives nothing (B11)', async () => {
    const user = await newUser();
    const { body } = await refresh(user.refresh);
    await revoke(body.refresh);
    expect(await refresh(user.refresh)).toMatchObject({ status: 401, body: BLACKLISTED });
  });

  it('refreshing every 20 hours can not outlive the 30 days of the family (B6)', async () => {
    const user = await newUser();
    const start = decoded(user.refresh).claims.iat as number;
    let token = user.refresh;
    let last: Json = {};
    for (let hours = 20; hours < 30 * 24; hours += 20) {
      await test.database.shiftClock(hours * 3600);
      const answer = await refresh(token);
      expect(answer).toMatchObject({ status: 200 });
      token = answer.body.refresh;
      last = decoded(token).claims;
    }
    expect(last.exp).toBe(start + 30 * 86_400);
    await test.database.shiftClock(30 * 86_400 + 1);
    expect(await refresh(token)).toMatchObject({ status: 401, body: INVALID });
  });
});

describe('POST /api/auth/token/verify/', () => {
  it('200 with an empty object for a good token of either type, 401 for one that opens nothing any more', async () => {
    const user = await newUser();
    for (const token of [user.bearer, user.refresh]) {
      expect(await verify(token)).toMatchObject({ status: 200, body: {} });
    }
    const next = (await refresh(user.refresh)).body.refresh;
    expect(await verify(user.refresh)).toMatchObject({ status: 401, body: BLACKLISTED });
    expect(await verify(next)).toMatchObject({ status: 200 });
    await revoke(next);
    expect(await verify(next)).toMatchObject({ status: 401, body: BLACKLISTED });
    expect(await verify(user.bearer)).toMatchObject({ status: 401, body: INVALID });
    expect(await verify('x')).toMatchObject({ status: 401, body: INVALID });
  });
});

describe('POST /api/auth/token/revoke/', () => {
  it('204 ends the family at once, whichever of its refresh tokens is sent; repeating it changes nothing (B13)', async () => {
    const user = await newUser();
    const { body } = await refresh(user.refresh);
    expect(await revoke(user.refresh)).toMatchObject({ status: 204, text: '' });
    expect(await me(user.bearer)).toMatchObject({ status: 401, body: BAD_BEARER });
    expect(await me(body.access)).toMatchObject({ status: 401, body: BAD_BEARER });
    expect(await refresh(body.refresh)).toMatchObject({ status: 401, body: BLACKLISTED });
    expect(await revoke(body.refresh)).toMatchObject({ status: 204 });
    expect(await events(user, 'token.revoked')).toHaveLength(1);
  });

  it('leaves other families of the same user alone', async () => {
    const user = await newUser();
    const other = await logInForTokens(test, user);
    await revoke(user.refresh);
    expect(await me(other.bearer)).toMatchObject({ status: 200 });
  });
});

describe('storage and caches', () => {
  it('no token and no jti is stored: digests alone (B12)', async () => {
    const user = await newUser();
    const { body } = await refresh(user.refresh);
    const rows = await test.database.query<{ row: string }>(
      `SELECT t::text AS row FROM refresh_tokens t UNION ALL SELECT f::text FROM token_families f
       UNION ALL SELECT e::text FROM audit_events e`,
    );
    const stored = rows.map(({ row }) => row).join('\n');
    for (const token of [user.bearer, user.refresh, body.refresh]) {
      const jti = decoded(token).claims.jti as string;
      for (const form of [token, jti, Buffer.from(jti).toString('hex')]) expect(stored).not.toContain(form);
    }
  });

  it('expired tokens and their families are deleted in batches, by one instance at a time; live ones stay (B12)', async () => {
    const second = await test.another();
    const user = await newUser();
    await test.database.query(`
      CREATE TABLE deletions (n int, pid int);
      CREATE FUNCTION count_deletions() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
        INSERT INTO deletions SELECT count(*), pg_backend_pid() FROM gone; RETURN NULL; END $$;
      CREATE TRIGGER count_deletions AFTER DELETE ON refresh_tokens REFERENCING OLD TABLE AS gone
        FOR EACH STATEMENT EXECUTE FUNCTION count_deletions()`);
    await test.database.query(
      `WITH f AS (
         INSERT INTO token_families (user_id, auth_epoch, expires_at)
         SELECT $1, 1, app_now() - interval '1 second' FROM generate_series(1, 2500) RETURNING id)
       INSERT INTO refresh_tokens (family_id, digest, expires_at)
       SELECT id, sha256(id::text::bytea), app_now() - interval '1 second' FROM f`,
      [user.id],
    );
    const cleanup = ({ app }: TestApp): Promise<number> => app.get(AuthCleanup, { strict: false }).run();
    const held = await hold(test.database, 'LOCK TABLE refresh_tokens IN ACCESS EXCLUSIVE MODE');
    const first = cleanup(test);
    await held.waitedFor();
    const other = await cleanup(second); // while the first is at it there is nothing to do
    await held.finish();
    const deleted = await first;
    const batches = await test.database.query<{ n: number }>('SELECT n FROM deletions WHERE n > 0');
    expect({ other, deleted, batches: batches.map(({ n }) => n) }).toEqual({
      other: 0,
      deleted: 5000,
      batches: [1000, 1000, 500],
    });
    const [left] = await test.database.query<{ tokens: number; families: number }>(
      `SELECT (SELECT count(*)::int FROM refresh_tokens WHERE expires_at <= app_now()) AS tokens,
         (SELECT count(*)::int FROM token_families f
          WHERE NOT EXISTS (SELECT FROM refresh_tokens t WHERE t.family_id = f.id)) AS families`,
    );
    expect(left).toEqual({ tokens: 0, families: 0 });
    expect(await refresh(user.refresh)).toMatchObject({ status: 200 });
    await second.close();
  });

  it('every token answer, good or bad, is Cache-Control: no-store (B14)', async () => {
    const user = await newUser();
    const password = await test.make.password(user);
    const answers = [
      await test.api.post('/api/auth/token/', { email: user.email, password }),
      await test.api.post('/api/auth/token/', { email: user.email, password: 'wrong password' }),
      await test.api.post('/api/auth/token/', {}),
      await test.api.post('/api/auth/token/', '{'),
      await refresh(user.refresh),
      await refresh('nonsense'),
      await verify(user.bearer),
      await verify('nonsense'),
      await me('nonsense'),
      await revoke(user.refresh),
      await test.api.get('/api/auth/token/'),
    ];
    expect(answers.map(({ headers }) => headers.get('cache-control'))).toEqual(answers.map(() => 'no-store'));
  });
});
