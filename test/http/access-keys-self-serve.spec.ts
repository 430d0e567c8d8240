import { startTestApp, type TestApp } from '../support/app.js';
import { callingMember } from '../support/callers.js';
import type { Answer, Client } from '../support/client.js';
import type { MadeUser } from '../support/factory.js';
import { bearerOf, sessionOf } from '../support/sign-in.js';

const PATH = '/api/auth/access-keys/';
let test: TestApp;

beforeAll(async () => {
  test = await startTestApp();
});
afterAll(() => test.close());

const asPerson = async (user: MadeUser): Promise<Client> => test.api.as(await sessionOf(test, user));
const use = (key: string): Promise<Answer> => test.api.as({ key }).get('/api/orgs/');

async function daysUntil(instant: string): Promise<number> {
  const [row] = await test.database.query<{ days: number }>(
    `SELECT round(extract(epoch FROM $1::timestamptz - app_now()) / 86400)::int AS days`,
    [instant],
  );
  return row?.days ?? NaN;
}

describe('POST /api/auth/access-keys/', () => {
  it('a member issues a key of the own, confined to the organization, for 90 days', async () => {
    const org = await test.make.org();
    const user = await test.make.member(org, 'Viewer');
    const session = await sessionOf(test, user);
    const answer = await test.api
      .as(session)
      .post(PATH, { organization: org.id, access_level: 'read_only', name: 'Mine' });
    expect(answer).toMatchObject({
      status: 201,
      body: { user: user.id, created_by: user.id, organization: org.id, admin: false, name: 'Mine' },
    });
    expect(answer.body.issued_via).toMatch(/^session:\d+$/);
    expect(await daysUntil(answer.body.expires_at)).toBe(90);
    expect((await use(answer.body.key)).status).toBe(200);
  });

  it('through a key nothing is issued, whatever the key may (A11, T12)', async () => {
    const org = await test.make.org();
    const owner = await callingMember(test, org, 'Owner');
    const body = { organization: org.id, access_level: 'full_access', name: 'x' };
    expect(await owner.api.post(PATH, body)).toMatchObject({
      status: 403,
      body: { code: 'wrong_credential_kind' },
    });
  });

  it('a body that names another user, an admin flag or a prefix changes nothing about whose key it is (A12)', async () => {
    const org = await test.make.org();
    const user = await test.make.member(org, 'Viewer');
    const other = await test.make.member(org, 'Owner');
    const body = { user: other.id, user_id: other.id, owner: other.id, admin: true, prefix: 'aaaaaaaa' };
    const answer = await (
      await asPerson(user)
    ).post(PATH, { ...body, organization: org.id, access_level: 'full_access', name: 'x' });
    expect(answer).toMatchObject({ status: 201, body: { user: user.id, admin: false } });
  });

  it('without a credential nobody gets a key, whoever the body says is asking (A12, F1)', async () => {
    const org = await test.make.org();
    const owner = await test.make.member(org, 'Owner');
    const body = { user: owner.id, user_id: owner.id, userId: owner.id, created_by: owner.id };
    const answer = await test.api.post(PATH, {
      ...body,
      organization: org.id,
      access_level: 'full_access',
      name: 'x',
    });
    expect(answer).toMatchObject({ status: 401, body: { code: 'not_authenticated' } });
    expect(await test.database.query('SELECT FROM access_keys WHERE user_id = $1', [owner.id])).toEqual([]);
  });

  it('the policy of the organization decides whether, and for how long', async () => {
    const org = await test.make.org();
    const api = await asPerson(await test.make.member(org, 'Analyst'));
    const body = { organization: org.id, access_level: 'full_access', name: 'x' };
    await test.database.query('UPDATE organizations SET longest_key_lifetime_days = 30 WHERE id = $1', [
      org.id,
    ]);
    expect(await daysUntil((await api.post(PATH, body)).body.expires_at)).toBe(30);
    expect(await api.post(PATH, { ...body, expires_at: '2090-01-01T00:00:00Z' })).toMatchObject({
      status: 400,
      body: { expires_at: ['The policy of this organization allows 30 days at most.'] },
    });
    await test.database.query('UPDATE organizations SET self_serve_keys = false WHERE id = $1', [org.id]);
    expect(await api.post(PATH, body)).toMatchObject({ status: 403, body: { code: 'permission_denied' } });
  });

  it("another tenant's organization and one that is not there are the same error", async () => {
    const elsewhere = await test.make.org();
    const api = await asPerson(await test.make.member(await test.make.org(), 'Owner'));
    for (const organization of [elsewhere.id, 999_999]) {
      const answer = await api.post(PATH, { organization, access_level: 'full_access', name: 'x' });
      expect(answer).toMatchObject({
        status: 400,
        body: { organization: [`Invalid pk "${organization}" - object does not exist.`] },
      });
    }
  });

  it('a role without access_key.issue issues nothing', async () => {
    const org = await test.make.org();
    const api = await asPerson(await test.make.member(org, await test.make.role(org, ['organization.view'])));
    const answer = await api.post(PATH, { organization: org.id, access_level: 'read_only', name: 'x' });
    expect(answer).toMatchObject({ status: 403, body: { code: 'permission_denied' } });
  });
});

describe('GET /api/auth/access-keys/', () => {
  it("lists the caller's own keys alone; through a confined key only those of its organization", async () => {
    const [here, there] = [await test.make.org(), await test.make.org()];
    const user = await test.make.member(here, 'Owner');
    await test.make.member(there, 'Owner', user);
    const colleague = await test.make.accessKey(await test.make.member(here, 'Owner'));
    const confined = await test.make.accessKey(user, { organization: here });
    const other = await test.make.accessKey(user, { organization: there });
    const all = await (await asPerson(user)).get(`${PATH}?ordering=id`);
    expect(all.body.results.map(({ id }: { id: number }) => id)).toEqual([confined.id, other.id]);
    const reached = await test.api.as(confined).get(PATH);
    expect(reached.body.results.map(({ id }: { id: number }) => id)).toEqual([confined.id]);
    expect((await test.api.as(confined).get(`${PATH}${other.id}/`)).status).toBe(404);
    expect((await (await asPerson(user)).get(`${PATH}${colleague.id}/`)).status).toBe(404);
  });

  it('404 for an act on the key of somebody else, also with a bad body', async () => {
    const theirs = await test.make.accessKey(await test.make.user());
    const api = await asPerson(await test.make.user());
    for (const act of ['revoke', 'suspend', 'resume', 'rotate']) {
      expect(
        (await api.post(`${PATH}${theirs.id}/${act}/`, { reason: 5, until: 5, grace_seconds: 'x' })).status,
      ).toBe(404);
    }
    expect((await use(theirs.key)).status).toBe(200);
  });
});

describe('a key and itself', () => {
  it('current/ shows the key that calls, without its secret (T20)', async () => {
    const made = await test.make.accessKey(await test.make.user(), { level: 'read_only' });
    const answer = await test.api.as(made).get(`${PATH}current/`);
    expect(answer).toMatchObject({ status: 200, body: { id: made.id, prefix: made.prefix } });
    expect(answer.text).not.toContain(made.key.slice(9));
  });

  it('a full key rotates and revokes itself; issued_via names it', async () => {
    const made = await test.make.accessKey(await test.make.user());
    const successor = await test.api.as(made).post(`${PATH}current/rotate/`, { grace_seconds: 0 });
    expect(successor).toMatchObject({
      status: 201,
      body: { replaces: made.id, access_level: 'full_access', issued_via: `access_key:${made.id}` },
    });
    expect((await use(successor.body.key)).status).toBe(200);
    expect((await use(made.key)).status).toBe(401);
    expect(await test.api.as({ key: successor.body.key }).post(`${PATH}current/revoke/`, {})).toMatchObject({
      status: 200,
      body: { status: 'revoked' },
    });
    expect((await use(successor.body.key)).status).toBe(401);
  });

  it('a read-only key obtains nothing, not even its own successor (A11)', async () => {
    const made = await test.make.accessKey(await test.make.user(), { level: 'read_only' });
    for (const act of ['rotate', 'revoke']) {
      expect(await test.api.as(made).post(`${PATH}current/${act}/`, {})).toMatchObject({
        status: 403,
        body: { code: 'read_only_key' },
      });
    }
  });

  it('rotation by the user or the key itself never gives a longer life than the old key had', async () => {
    const user = await test.make.user();
    const made = await test.make.accessKey(user, { expiresInSeconds: 10 * 86_400 });
    const asked = { expires_at: '2090-01-01T00:00:00Z' };
    for (const [api, path] of [
      [test.api.as(made), `${PATH}current/rotate/`],
      [await asPerson(user), `${PATH}${made.id}/rotate/`],
    ] as const) {
      const answer = await api.post(path, asked);
      expect({ status: answer.status, fields: Object.keys(answer.body) }).toEqual({
        status: 400,
        fields: ['expires_at'],
      });
    }
    const successor = await test.api.as(made).post(`${PATH}current/rotate/`, {});
    expect(await daysUntil(successor.body.expires_at)).toBe(10);
  });

  it('an admin key is not rotated through itself: only a staff session or JWT makes one', async () => {
    const staff = await test.make.user({ staff: true });
    const made = await test.make.accessKey(staff, { admin: true });
    expect(await test.api.as(made).post(`${PATH}current/rotate/`, {})).toMatchObject({
      status: 409,
      body: { code: 'admin_key' },
    });
    const successor = await test.api
      .as(await bearerOf(test, staff))
      .post(`/api/admin/access-keys/${made.id}/rotate/`, {});
    expect(successor).toMatchObject({ status: 201, body: { admin: true } });
  });

  it('the successor of an admin key that was confined to an organization is none', async () => {
    const org = await test.make.org();
    const staff = await test.make.member(org, 'Viewer', await test.make.user({ staff: true }));
    const api = test.api.as(await bearerOf(test, staff));
    for (const path of [PATH, '/api/admin/access-keys/']) {
      const made = await test.make.accessKey(staff, { admin: true, organization: org });
      const successor = await api.post(`${path}${made.id}/rotate/`, {});
      expect(successor).toMatchObject({ status: 201, body: { admin: false, organization: org.id } });
    }
  });
});
