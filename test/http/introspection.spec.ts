import * as oauth from 'oauth4webapi';
import { startTestApp, type TestApp } from '../support/app.js';
import { callingMember, callingStaff, type Caller } from '../support/callers.js';
import type { Answer, Client } from '../support/client.js';
import type { MadeUser } from '../support/factory.js';
import { bearerOf, sessionOf } from '../support/sign-in.js';

const PATH = '/api/auth/introspect/';

let test: TestApp;
let staff: Caller;
let org: { id: number };
let member: MadeUser;

beforeAll(async () => {
  test = await startTestApp();
  staff = await callingStaff(test);
  org = await test.make.org();
  member = await test.make.member(org, 'Analyst');
});
afterAll(() => test.close());

const introspect = (token: unknown, api: Client = staff.api): Promise<Answer> => api.post(PATH, { token });
/** No more than that it is not active: not whose it was, nor until when. */
async function expectInactive(token: unknown): Promise<void> {
  const { status, body } = await introspect(token);
  expect({ status, body }).toEqual({ status: 200, body: { active: false } });
}
const seconds = (instant: string | Date): number => Math.floor(new Date(instant).getTime() / 1000);

describe('POST /api/auth/introspect/', () => {
  it('tells of an access key what it opens, where, at what level, since when and until when', async () => {
    const { id, prefix, key } = await test.make.accessKey(member, {
      level: 'read_only',
      organization: org,
      expiresInSeconds: 3600,
    });
    const [row] = await test.database.query<{ created_at: Date; expires_at: Date }>(
      'SELECT created_at, expires_at FROM access_keys WHERE id = $1',
      [id],
    );
    expect((await introspect(key)).body).toEqual({
      active: true,
      sub: String(member.id),
      username: member.email,
      client_id: prefix,
      token_type: 'access_key',
      exp: seconds(row?.expires_at ?? ''),
      iat: seconds(row?.created_at ?? ''),
      scope: 'read',
      organizations: [{ id: org.id, role: 'Analyst' }],
    });
  });

  it('tells of an access token and of a session, which have no prefix; a key without an end has no `exp`', async () => {
    const whole = { active: true, sub: String(member.id), username: member.email, scope: 'read write' };
    const token = (await introspect((await bearerOf(test, member)).bearer)).body;
    expect(token).toMatchObject({ ...whole, token_type: 'access_token', exp: expect.any(Number) });
    expect(token.exp - token.iat).toBe(300);
    const session = (await introspect((await sessionOf(test, member)).session)).body;
    expect(session).toMatchObject({ ...whole, token_type: 'session', exp: expect.any(Number) });
    const key = (await introspect((await test.make.accessKey(member)).key)).body;
    expect(key).toMatchObject({ ...whole, token_type: 'access_key' });
    expect([Object.hasOwn(key, 'exp'), Object.hasOwn(token, 'client_id')]).toEqual([false, false]);
  });

  it('nothing that opens nothing is active, and all of it is answered alike', async () => {
    const user = await test.make.user();
    const password = await test.make.password(user);
    const { refresh } = (await test.api.post('/api/auth/token/', { email: user.email, password })).body;
    const dead = async (sql: string) => {
      const { id, key } = await test.make.accessKey(member);
      await test.database.query(`UPDATE access_keys SET ${sql} WHERE id = $1`, [id]);
      return key;
    };
    const { key } = await test.make.accessKey(member);
    for (const token of [
      'unknown text',
      refresh,
      `${key.slice(0, 9)}${'x'.repeat(32)}`,
      `Api-Key ${key}`,
      ` ${key}`,
      await dead('revoked_at = now()'),
      await dead(`expires_at = now()`),
      await dead(`suspended_at = now()`),
      (await test.make.accessKey(await test.make.user({ active: false }))).key,
    ]) {
      await expectInactive(token);
    }
  });

  it('a key that was revoked is inactive to the next question', async () => {
    const { id, key } = await test.make.accessKey(member);
    expect((await introspect(key)).body.active).toBe(true);
    await staff.api.post(`/api/admin/access-keys/${id}/revoke/`, {});
    await expectInactive(key);
  });

  it('a key that is confined to an organization which staff disabled is inactive, as it passes no gateway', async () => {
    const closed = await test.make.org();
    const { key } = await test.make.accessKey(await test.make.member(closed, 'Analyst'), {
      organization: closed,
    });
    expect((await introspect(key)).body.active).toBe(true);
    await test.database.query('UPDATE organizations SET disabled_at = app_now() WHERE id = $1', [closed.id]);
    await expectInactive(key);
    await test.database.query('UPDATE organizations SET disabled_at = NULL WHERE id = $1', [closed.id]);
    expect((await introspect(key)).body.active).toBe(true);
  });

  it('asking is no use of the key, and the token is in no log', async () => {
    const old = await test.make.accessKey(member);
    const { id, key } = (await staff.api.post(`/api/admin/access-keys/${old.id}/rotate/`, {})).body;
    expect((await introspect(key)).body.active).toBe(true);
    const rows = await test.database.query(
      'SELECT id, last_used_at, retires_at FROM access_keys WHERE id IN ($1, $2) ORDER BY id',
      [old.id, id],
    );
    expect(rows).toEqual([
      { id: old.id, last_used_at: null, retires_at: null },
      { id, last_used_at: null, retires_at: null },
    ]);
    expect(test.logs()).not.toContain(key.slice(9));
  });

  it('staff ask by session, JWT and admin key, a read-only one too; for anyone else there is no such path', async () => {
    const { key } = await test.make.accessKey(member);
    const admin = await test.make.accessKey(staff, { admin: true, level: 'read_only' });
    for (const api of [
      staff.api,
      test.api.as(await bearerOf(test, staff)),
      test.api.as(admin),
      test.api.with({ authorization: basic(admin.key) }),
    ]) {
      expect((await introspect(key, api)).body.active).toBe(true);
    }
    const owner = await callingMember(test, org, 'Owner');
    const plain = await test.make.accessKey(staff);
    for (const api of [
      owner.api,
      test.api.as(await bearerOf(test, member)),
      test.api.as(plain),
      test.api.with({ authorization: basic(plain.key) }),
    ]) {
      expect(await introspect(key, api)).toMatchObject({ status: 404, body: { code: 'not_found' } });
    }
    expect((await introspect(key, test.api)).status).toBe(401);
  });

  it('a session asks with its CSRF proof alone', async () => {
    const { session } = await sessionOf(test, staff);
    const answer = await introspect('x', test.api.as({ session }));
    expect(answer).toMatchObject({ status: 403, body: { code: 'csrf_failed' } });
  });

  it('`Basic` opens nothing else', async () => {
    const admin = await test.make.accessKey(staff, { admin: true });
    const answer = await test.api.with({ authorization: basic(admin.key) }).get('/api/admin/users/');
    expect(answer).toMatchObject({ status: 401, body: { code: 'not_authenticated' } });
  });
});

const basic = (key: string): string => {
  const [prefix, secret] = key.split('.');
  return `Basic ${Buffer.from(`${prefix}:${secret}`).toString('base64')}`;
};

describe('A client of RFC 7662 that is not ours (oauth4webapi)', () => {
  it.each(['ClientSecretBasic', 'bearer'] as const)(
    'asks by %s, as a form, and reads the answer',
    async (way) => {
      const admin = await test.make.accessKey(staff, { admin: true, level: 'read_only' });
      const [prefix = '', secret = ''] = admin.key.split('.');
      const server = { issuer: test.url, introspection_endpoint: test.url + PATH };
      const { bearer } = await bearerOf(test, staff);
      const authentication =
        way === 'bearer'
          ? (...[, , , headers]: Parameters<oauth.ClientAuth>) =>
              headers.set('authorization', `Bearer ${bearer}`)
          : oauth.ClientSecretBasic(secret);
      const client = { client_id: prefix };
      const { key, prefix: asked } = await test.make.accessKey(member);
      const read = async (token: string) =>
        oauth.processIntrospectionResponse(
          server,
          client,
          await oauth.introspectionRequest(server, client, authentication, token, {
            [oauth.allowInsecureRequests]: true,
          }),
        );
      expect(await read(key)).toMatchObject({ active: true, client_id: asked, username: member.email });
      expect(await read('unknown')).toEqual({ active: false });
    },
  );
});
