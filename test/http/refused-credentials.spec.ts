import { RefusalLog } from '../../src/audit/refusals/refusal-log.js';
import { randomText } from '../../src/common/crypto/random-text.js';
import { startTestApp, type TestApp } from '../support/app.js';
import type { Answer, Client } from '../support/client.js';
import { pbkdf2Key } from '../support/django-keys.js';
import type { MadeUser } from '../support/factory.js';
import { Figures } from '../support/metrics.js';
import { rawRequest, sendRaw } from '../support/raw.js';
import { bearerOf, sessionOf } from '../support/sign-in.js';
import { decoded, forged } from '../support/tokens.js';

let test: TestApp;
let org: { id: number };
let member: MadeUser & { memberId: number };
beforeAll(async () => {
  test = await startTestApp();
  org = await test.make.org();
});
beforeEach(async () => {
  member = await test.make.member(org, 'Owner');
});
afterEach(() => test.database.shiftClock(0));
afterAll(() => test.close());

/** The answer to a read of one's organizations, and what the audit log keeps of it. */
async function asked(client: Client): Promise<{ answer: Answer; kept: Record<string, unknown>[] }> {
  const requestId = randomText(20);
  const answer = await client.with({ 'x-request-id': requestId }).get('/api/orgs/');
  await test.app.get(RefusalLog).settled();
  const kept = await test.database.query(
    `SELECT action, details->>'reason' AS reason, details->>'prefix' AS prefix, subject_id, user_id, organization_id
     FROM audit_events WHERE request_id = $1`,
    [requestId],
  );
  return { answer, kept };
}

const set = (table: string, change: string, id: number): Promise<object[]> =>
  test.database.query(`UPDATE ${table} SET ${change} WHERE id = $1`, [id]);

describe('An API key (A4, A14, A19, F8)', () => {
  it.each([
    ['revoked', 'access_keys', 'revoked_at = app_now()'],
    ['expired', 'access_keys', 'expires_at = app_now()'],
    ['expired', 'access_keys', 'retires_at = app_now()'],
    ['suspended', 'access_keys', 'suspended_at = app_now()'],
    ['user_inactive', 'users', 'is_active = false'],
    ['not_a_member', 'members', `status = 'invited', user_id = NULL, invited_email = 'x@example.com'`],
  ] as const)(
    'is refused as %s (%s: %s), alike for the caller, named for the log',
    async (reason, table, change) => {
      const { id, prefix, key } = await test.make.accessKey(member, { organization: org });
      expect((await asked(test.api.as({ key }))).answer.status).toBe(200);
      await set(table, change, { access_keys: id, users: member.id, members: member.memberId }[table]);
      const { answer, kept } = await asked(test.api.as({ key }));
      expect(answer).toMatchObject({
        status: 401,
        body: { detail: 'Invalid API key.', code: 'authentication_failed' },
      });
      expect(kept).toEqual([
        {
          action: 'access_key.refused',
          reason,
          prefix,
          subject_id: id,
          user_id: member.id,
          organization_id: org.id,
        },
      ]);
    },
  );

  it('is refused with a wrong secret, whoever owns the prefix, and as unknown with a prefix of nobody', async () => {
    const { id, prefix } = await test.make.accessKey(member);
    const wrong = await asked(test.api.as({ key: `${prefix}.${'A'.repeat(32)}` }));
    expect(wrong.answer.status).toBe(401);
    expect(wrong.kept).toMatchObject([
      { reason: 'wrong_secret', prefix, subject_id: id, user_id: member.id },
    ]);
    const unknown = await asked(test.api.as({ key: `AAAAAAAA.${'A'.repeat(32)}` }));
    expect(unknown.answer.body).toEqual(wrong.answer.body);
    expect(unknown.kept).toMatchObject([
      { reason: 'unknown', prefix: 'AAAAAAAA', subject_id: null, user_id: null },
    ]);
    expect((await asked(test.api.as({ key: 'no-key' }))).kept).toMatchObject([
      { reason: 'malformed', prefix: null },
    ]);
  });

  it('that was imported opens by its own hash, and no dead or wrong one does', async () => {
    const { id, key: old } = await test.make.accessKey(member);
    const imported = pbkdf2Key(10);
    const wrong = { ...imported, key: `${imported.prefix}.${'A'.repeat(32)}` };
    await test.database.query(
      `UPDATE access_keys SET prefix = $2, digest = NULL, imported_hash = $3 WHERE id = $1`,
      [id, imported.prefix, imported.hashed_key],
    );
    expect((await asked(test.api.as(wrong))).kept).toMatchObject([{ reason: 'wrong_secret' }]);
    await set('access_keys', 'revoked_at = app_now()', id);
    expect((await asked(test.api.as(imported))).kept).toMatchObject([{ reason: 'revoked' }]);
    await set('access_keys', 'revoked_at = NULL', id);
    expect((await asked(test.api.as(imported))).answer.status).toBe(200);
    expect((await asked(test.api.as(imported))).answer.status).toBe(200);
    expect((await asked(test.api.as({ key: old }))).kept).toMatchObject([{ reason: 'unknown' }]);
  });

  it('tells who calls: its owner, with what the key is', async () => {
    const { id, prefix, key } = await test.make.accessKey(member, { level: 'read_only', organization: org });
    const { body } = await test.api.as({ key }).get('/api/auth/access-keys/current/');
    expect(body).toMatchObject({
      id,
      prefix,
      user: member.id,
      access_level: 'read_only',
      organization: org.id,
    });
    expect(await test.api.as({ key }).get('/api/auth/me/')).toMatchObject({
      body: { user: { id: member.id } },
    });
  });

  it('warns of its end within 14 days, of no other', async () => {
    const near = await test.make.accessKey(member, { expiresInSeconds: 14 * 86_400 - 5 });
    const far = await test.make.accessKey(member, { expiresInSeconds: 14 * 86_400 + 60 });
    const header = async ({ key }: { key: string }) =>
      (await test.api.as({ key }).get('/api/orgs/')).headers.get('cryptocomply-key-expires-at');
    expect(await header(near)).toMatch(/Z$/);
    expect(await header(far)).toBeNull();
  });
});

describe('A bearer token (B5, F8)', () => {
  const VALID = { detail: 'Given token not valid for any token type', code: 'token_not_valid' };
  const INACTIVE = { detail: 'User is inactive', code: 'user_inactive' };

  it.each([
    ['user_inactive', 'users', 'is_active = false', INACTIVE],
    ['family_ended', 'users', 'auth_epoch = auth_epoch + 1', VALID],
    ['family_ended', 'token_families', 'ended_at = app_now()', VALID],
    ['family_ended', 'token_families', 'expires_at = app_now()', VALID],
  ] as const)('is refused as %s (%s: %s)', async (reason, table, change, body) => {
    const { bearer } = await bearerOf(test, member);
    expect((await asked(test.api.as({ bearer }))).answer.status).toBe(200);
    await set(table, change, table === 'users' ? member.id : Number(decoded(bearer).claims.sid));
    const { answer, kept } = await asked(test.api.as({ bearer }));
    expect(answer).toMatchObject({ status: 401, body });
    expect(kept).toMatchObject([{ action: 'bearer.refused', reason }]);
  });

  it('is refused as expired at the very instant, and as what else is wrong with it', async () => {
    const { bearer } = await bearerOf(test, member);
    const { claims } = decoded(bearer);
    const reasonOf = async (token: string) => (await asked(test.api.as({ bearer: token }))).kept[0]?.reason;
    await test.database.query(
      `CREATE OR REPLACE FUNCTION public.app_now() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE
       AS $$ SELECT to_timestamp(${Number(claims.exp)}) $$`,
    );
    expect(await reasonOf(bearer)).toBe('expired');
    await test.database.shiftClock(0);
    expect(await reasonOf(forged(test, { ...claims, token_type: 'refresh' }))).toBe('claims');
    expect(await reasonOf(forged(test, { ...claims, sid: 2_000_000_000 }))).toBe('unknown_family');
    expect(await reasonOf(forged(test, { ...claims, user_id: Number(claims.user_id) + 1 }))).toBe(
      'unknown_family',
    );
    expect(await reasonOf(forged(test, claims, { header: { kid: 'unknown' } }))).toBe('unknown key');
    for (const foreign of [{ iss: 'elsewhere' }, { aud: 'elsewhere' }]) {
      expect(await reasonOf(forged(test, { ...claims, ...foreign }))).toBe('malformed');
    }
    const unsigned = forged(test, claims, { header: { alg: 'none' }, sign: () => '' });
    expect(await reasonOf(unsigned)).toBe('jwt signature is required');
    expect(await reasonOf('a b')).toBe('bad_authorization_header');
    expect(await reasonOf('a\tb')).toBe('bad_authorization_header');
  });

  it('tells who calls, for how long', async () => {
    const { bearer } = await bearerOf(test, member);
    const { body } = await test.api.as({ bearer }).get('/api/auth/me/');
    expect(body).toMatchObject({ user: { id: member.id }, organizations: [{ id: org.id }] });
  });
});

describe('A session (C4, F8)', () => {
  it.each([
    ['sessions', 'ended_at = app_now()'],
    ['sessions', 'expires_at = app_now()'],
    ['sessions', 'idle_expires_at = app_now()'],
    ['users', 'auth_epoch = auth_epoch + 1'],
    ['users', 'is_active = false'],
  ] as const)('is refused when it is over (%s: %s)', async (table, change) => {
    const { session } = await sessionOf(test, member);
    expect((await asked(test.api.as({ session }))).answer.status).toBe(200);
    await test.database.query(
      `UPDATE ${table} SET ${change} WHERE ${table === 'users' ? 'id' : 'user_id'} = $1`,
      [member.id],
    );
    const { answer, kept } = await asked(test.api.as({ session }));
    expect(answer).toMatchObject({
      status: 401,
      body: { detail: 'Invalid session.', code: 'authentication_failed' },
    });
    expect(kept).toMatchObject([{ action: 'session.refused', reason: 'ended' }]);
  });

  it('that is none of ours is refused alike, without being looked up', async () => {
    const lookUps = async () => (await Figures.of(test.api)).value('lookup_group_size_count');
    const before = await lookUps();
    for (const session of [randomText(42), randomText(44), '', `${randomText(42)}-`]) {
      const { answer, kept } = await asked(test.api.with({ cookie: `sessionid=${session}` }));
      expect(answer).toMatchObject({ status: 401, body: { detail: 'Invalid session.' } });
      expect(kept).toMatchObject([{ reason: 'malformed' }]);
    }
    expect(await lookUps()).toBe(before);
    await test.api.as({ session: randomText(43) }).get('/api/orgs/');
    expect(await lookUps()).toBe(Number(before) + 1);
  });

  it('writes with its CSRF token alone; reads need none', async () => {
    const { session, csrf } = await sessionOf(test, member);
    const rename = (credential: { session: string; csrf?: string }) =>
      test.api.as(credential).patch(`/api/orgs/${org.id}/`, { name: 'Renamed' });
    expect(await rename({ session })).toMatchObject({ status: 403, body: { code: 'csrf_failed' } });
    expect(await rename({ session, csrf })).toMatchObject({ status: 200 });
    expect(await test.api.as({ session }).get('/api/auth/me/')).toMatchObject({
      body: { user: { id: member.id } },
    });
  });
});

describe('Which credential', () => {
  it('none, two headers, and a public handler', async () => {
    expect(await test.api.get('/api/orgs/')).toMatchObject({
      status: 401,
      body: { code: 'not_authenticated' },
    });
    const { key } = await test.make.accessKey(member);
    const line = `Authorization: Api-Key ${key}`;
    const two = await sendRaw(test.url, rawRequest('/api/orgs/', [line, line]));
    expect(JSON.parse(two.body)).toEqual({
      detail: 'Send one Authorization header.',
      code: 'authentication_failed',
    });
    expect((await test.api.as({ key: 'bad' }).get('/healthz')).status).toBe(200);
  });
});

describe('The caller’s place in the organization of the path', () => {
  const statusOf = async (client: Client, id = org.id): Promise<number> =>
    (await client.get(`/api/orgs/${id}/roles/`)).status;

  it.each([
    [
      'the membership is only an invitation',
      'members',
      `status = 'invited', user_id = NULL, invited_email = 'y@example.com'`,
    ],
    ['the organization is disabled', 'organizations', 'disabled_at = app_now()'],
  ] as const)('is none when %s, by whatever credential', async (_what, table, change) => {
    const own = await test.make.org();
    const owner = await test.make.member(own, 'Owner');
    const { key } = await test.make.accessKey(owner);
    const clients = [
      test.api.as({ key }),
      test.api.as(await bearerOf(test, owner)),
      test.api.as(await sessionOf(test, owner)),
    ];
    for (const client of clients) expect(await statusOf(client, own.id)).toBe(200);
    await set(table, change, table === 'members' ? owner.memberId : own.id);
    for (const client of clients) expect(await statusOf(client, own.id)).toBe(404);
  });

  it('is none elsewhere, for a confined key, and for a user-wide one where such are not allowed', async () => {
    const other = await test.make.org();
    await test.make.member(other, 'Owner', member);
    const wide = test.api.as(await test.make.accessKey(member));
    const confined = test.api.as(await test.make.accessKey(member, { organization: org }));
    expect([await statusOf(wide), await statusOf(wide, other.id)]).toEqual([200, 200]);
    expect([await statusOf(confined), await statusOf(confined, other.id)]).toEqual([200, 404]);
    await set('organizations', 'allow_user_wide_keys = false', other.id);
    expect([await statusOf(wide), await statusOf(wide, other.id)]).toEqual([200, 404]);
    expect(await statusOf(wide, (await test.make.org()).id)).toBe(404);
  });
});
