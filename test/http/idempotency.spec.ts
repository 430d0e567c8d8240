import { ExpiredClaims } from '../../src/acts/expired-claims.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { callingMember, callingStaff, type Caller } from '../support/callers.js';
import type { Answer, Client } from '../support/client.js';
import type { MadeUser } from '../support/factory.js';
import { hold } from '../support/hold.js';
import { bearerOf, sessionOf } from '../support/sign-in.js';

let test: TestApp;
let staff: Caller;
let org: { id: number };
let user: MadeUser & { memberId: number };
let person: Client;

beforeAll(async () => {
  test = await startTestApp();
  staff = await callingStaff(test);
});
beforeEach(async () => {
  org = await test.make.org();
  user = await test.make.member(org, 'Analyst');
  person = test.api.as(await sessionOf(test, user));
});
afterEach(() => test.database.shiftClock(0));
afterAll(() => test.close());

const once = (api: Client, key: string): Client => api.with({ 'idempotency-key': key });
const KEYS = '/api/auth/access-keys/';
const REQUESTS = '/api/auth/access-key-requests/';
const order = (over: object = {}) => ({
  organization: org.id,
  access_level: 'read_only',
  name: 'Nightly',
  ...over,
});
const issue = (api: Client, body: object = order()): Promise<Answer> => api.post(KEYS, body);
const define = (api: Client, name: string, id = org.id): Promise<Answer> =>
  api.post(`/api/orgs/${id}/roles/`, { name, permissions: ['member.view'] });
const count = async (table: string, where = 'organization_id = $1', value = org.id): Promise<number> => {
  const [row] = await test.database.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM ${table} WHERE ${where}`,
    [value],
  );
  return row?.n ?? -1;
};
const ALREADY = { status: 409, body: { code: 'already_issued' } };
const IN_PROGRESS = { status: 409, body: { code: 'idempotency_in_progress' } };

describe('a repeat with the same Idempotency-Key', () => {
  it('is answered as the first time, byte for byte with its ETag, and makes nothing, whatever became of it since', async () => {
    const { api } = await callingMember(test, org, 'Owner');
    const first = await define(once(api, 'a'), 'Reader');
    expect(first).toMatchObject({ status: 201, body: { name: 'Reader' } });
    await api.patch(`/api/orgs/${org.id}/roles/${first.body.id as number}/`, { name: 'Other' });
    const again = await define(once(api, 'a'), 'Reader');
    expect([again.status, again.text, again.headers.get('etag')]).toEqual([
      201,
      first.text,
      first.headers.get('etag'),
    ]);
    expect(first.headers.get('etag')).toMatch(/^"\d+"$/);
    expect(await count('roles')).toBe(1);
    expect(await count('audit_events', `action = 'role.defined' AND organization_id = $1`)).toBe(1);
  });

  it('of an answer that held a secret is 409 with the id of what was issued, and the secret is stored nowhere', async () => {
    const first = await issue(once(person, 'a'));
    expect(first.status).toBe(201);
    const again = await issue(once(person, 'a'));
    expect(again).toMatchObject(ALREADY);
    expect(again.body).toEqual({
      code: 'already_issued',
      id: first.body.id as number,
      detail: expect.stringContaining('rotate') as string,
    });
    expect(await count('access_keys')).toBe(1);

    const secret = (first.body.key as string).slice(9);
    const tables = await test.database.query<{ name: string }>(
      `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'`,
    );
    expect(tables.map(({ name }) => name)).toContain('idempotency_keys');
    for (const { name } of tables) {
      const found = await test.database.query(
        `SELECT FROM "${name}" t WHERE strpos(t::text, $1) > 0 OR strpos(t::text, $2) > 0`,
        [secret, Buffer.from(secret).toString('hex')],
      );
      expect({ name, found }).toEqual({ name, found: [] });
    }
  });

  it('as a form is judged by every value of a name, not by the last alone', async () => {
    const { api } = await callingMember(test, org, 'Owner');
    const form = once(api, 'a').with({ 'content-type': 'application/x-www-form-urlencoded' });
    const send = (first: string): Promise<Answer> =>
      form.post(`/api/orgs/${org.id}/roles/`, `name=Reader&permissions=${first}&permissions=member.view`);
    expect((await send('role.view')).status).toBe(201);
    expect((await send('role.view')).status).toBe(201);
    expect(await send('access_key.view')).toMatchObject({
      status: 422,
      body: { code: 'idempotency_mismatch' },
    });
    expect(await count('roles')).toBe(1);
  });

  it('with another body is 422, and neither acts nor takes the place of the first', async () => {
    const first = await issue(once(person, 'a'));
    for (const body of [order({ name: 'Other' }), order({ more: 1 }), {}])
      expect((await issue(once(person, 'a'), body)).status).toBe('name' in body ? 422 : 400);
    expect(await issue(once(person, 'a'), order({ name: 'Other' }))).toMatchObject({
      status: 422,
      body: { code: 'idempotency_mismatch' },
    });
    expect(await issue(once(person, 'a'))).toMatchObject({
      ...ALREADY,
      body: { id: first.body.id as number },
    });
    expect(await count('access_keys')).toBe(1);
  });

  it('is one only for the same user, route and path: each of the others is a request of its own', async () => {
    const colleague = test.api.as(await sessionOf(test, await test.make.member(org, 'Analyst')));
    const one = await issue(once(person, 'a'));
    const answers = [
      one,
      await issue(once(person, 'A')),
      await issue(once(colleague, 'a')),
      await once(person, 'a').post(REQUESTS, { ...order(), reason: 'R' }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201]);
    const [first, second] = [await test.make.accessKey(user), await test.make.accessKey(user)];
    for (const { id } of [first, second])
      expect((await once(person, 'b').post(`${KEYS}${id}/rotate/`, {})).status).toBe(201);
    expect(await count('access_keys')).toBe(3);
  });

  it('by another credential of the same user, at another instance, without the slash: is a repeat all the same', async () => {
    const other = await test.another();
    try {
      const first = await issue(once(person, 'a'));
      const byToken = once(test.api.as(await bearerOf(test, user)), 'a').at(other.url);
      for (const path of [KEYS, KEYS.slice(0, -1)])
        expect(await byToken.post(path, order())).toMatchObject({
          ...ALREADY,
          body: { id: first.body.id as number },
        });
      expect(await count('access_keys')).toBe(1);
    } finally {
      await other.close();
    }
  });

  it('of a key that rotates itself is one of that key alone', async () => {
    const keys = [
      await test.make.accessKey(user, { organization: org }),
      await test.make.accessKey(user, { organization: org }),
    ];
    const rotate = (key: { key: string }): Promise<Answer> =>
      once(test.api.as(key), 'a').post('/api/auth/access-keys/current/rotate/', {});
    for (const key of keys) {
      const first = await rotate(key);
      expect(first).toMatchObject({ status: 201, body: { replaces: key.id } });
      expect(await rotate(key)).toMatchObject({ ...ALREADY, body: { id: first.body.id as number } });
    }
    expect(await count('access_keys')).toBe(4);
  });

  it('of a redemption raises no alarm: it is the same one', async () => {
    const grant = await staff.api.post('/api/admin/access-key-grants/', {
      ...order(),
      user: user.id,
      reason: 'R',
    });
    const redeem = (key: string): Promise<Answer> =>
      once(person, key).post(`/api/auth/access-key-grants/${grant.body.id as number}/redeem/`);
    const first = await redeem('a');
    expect(first.status).toBe(201);
    expect(await redeem('a')).toMatchObject({ ...ALREADY, body: { id: first.body.id as number } });
    const alarms = `id = $1 AND redeemed_again_at IS NOT NULL`;
    expect(await count('access_key_grants', alarms, grant.body.id as number)).toBe(0);
    for (const key of ['b', 'b'])
      expect(await redeem(key)).toMatchObject({ status: 409, body: { code: 'grant_not_open' } });
    expect(await count('access_key_grants', alarms, grant.body.id as number)).toBe(1);
  });

  it('after 24 hours, and not before, acts again, also where nobody cleaned up; the clean-up leaves what is younger', async () => {
    const { api } = await callingMember(test, org, 'Owner');
    const first = await define(once(api, 'a'), 'Reader');
    await test.database.shiftClock(86_400 - 60);
    expect((await define(once(api, 'a'), 'Reader')).text).toBe(first.text);
    await define(once(api, 'b'), 'Late');
    await test.database.shiftClock(86_400 + 60);
    expect(await define(once(api, 'a'), 'Reader')).toMatchObject({ status: 400 }); // the name is taken
    expect((await define(once(api, 'a'), 'Reader again')).status).toBe(201);
    expect((await define(once(api, 'a'), 'Reader again')).status).toBe(201);
    await test.database.shiftClock(2 * 86_400);
    expect(await test.app.get(ExpiredClaims).run()).toBeGreaterThanOrEqual(1);
    expect(await count('idempotency_keys', 'created_at > app_now() - make_interval(days => $1)', 1)).toBe(1);
    expect(await count('idempotency_keys', 'created_at <= app_now() - make_interval(days => $1)', 1)).toBe(0);
  });
});

describe('after the database’s clock was ahead and was put right', () => {
  it('a repeat is recognized for a day at most from the time that was kept, and the clean-up takes what lies further ahead', async () => {
    const { api } = await callingMember(test, org, 'Owner');
    await test.database.shiftClock(365 * 86_400);
    await define(once(api, 'ahead'), 'Far ahead');
    await test.database.shiftClock(60);
    const little = await define(once(api, 'little'), 'A little ahead');
    await test.database.shiftClock(0);
    expect(await define(once(api, 'ahead'), 'Far ahead')).toMatchObject({ status: 400 }); // acts anew: the name is taken
    expect((await define(once(api, 'little'), 'A little ahead')).text).toBe(little.text);
    expect(await test.app.get(ExpiredClaims).run()).toBeGreaterThanOrEqual(1);
    expect(await count('idempotency_keys', 'created_at > app_now() + make_interval(days => $1)', 1)).toBe(0);
  });
});

describe('the first that is refused', () => {
  it('is not kept: a repeat is judged anew', async () => {
    const { api } = await callingMember(test, org, 'Owner');
    await define(api, 'Reader');
    const refused = [await define(once(api, 'a'), 'Reader'), await define(once(api, 'a'), 'Reader')];
    expect(refused.map(({ status }) => status)).toEqual([400, 400]);
    await test.database.query('DELETE FROM roles WHERE organization_id = $1', [org.id]);
    expect((await define(once(api, 'a'), 'Reader')).status).toBe(201);
    await test.database.query('UPDATE organizations SET self_serve_keys = false WHERE id = $1', [org.id]);
    expect((await issue(once(person, 'b'))).status).toBe(403);
    await test.database.query('UPDATE organizations SET self_serve_keys = true WHERE id = $1', [org.id]);
    expect((await issue(once(person, 'b'))).status).toBe(201);
  });

  it('for its header is 400 under its name, and writes nothing', async () => {
    const told = { 'Idempotency-Key': ['Send 1 to 255 visible ASCII characters.'] };
    for (const key of ['', 'two words', 'k'.repeat(256), 'a, a', 'caf\u00e9'])
      expect(await issue(once(person, key))).toMatchObject({ status: 400, body: told });
    expect(await count('access_keys')).toBe(0);
    for (const key of ['k'.repeat(255), '!~"\\']) expect((await issue(once(person, key))).status).toBe(201);
  });
});

describe('whoever repeats is judged first', () => {
  it('a credential that ended, a role that was taken, a member who left, staff no more: refused as ever', async () => {
    const owner = await callingMember(test, org, 'Owner');
    const { api } = owner;
    const sessionApi = test.api.as(await sessionOf(test, user));
    await issue(once(sessionApi, 'a'));
    await define(once(api, 'a'), 'Reader');
    const colleague = await callingStaff(test);
    await once(colleague.api, 'a').post('/api/admin/orgs/', { name: 'New' });

    await test.database.query(
      `UPDATE members SET role_id = (SELECT id FROM roles WHERE name = 'Viewer' AND organization_id IS NULL) WHERE id = $1`,
      [owner.memberId],
    );
    expect(await define(once(api, 'a'), 'Reader')).toMatchObject({
      status: 403,
      body: { code: 'permission_denied' },
    });
    await test.database.query('DELETE FROM members WHERE id = $1', [owner.memberId]);
    expect((await define(once(api, 'a'), 'Reader')).status).toBe(404);
    await test.database.query('UPDATE access_keys SET revoked_at = app_now() WHERE user_id = $1', [owner.id]);
    expect((await define(once(api, 'a'), 'Reader')).status).toBe(401);
    await test.database.query('UPDATE sessions SET ended_at = app_now() WHERE user_id = $1', [user.id]);
    expect((await issue(once(sessionApi, 'a'))).status).toBe(401);
    await test.database.query('UPDATE users SET is_staff = false WHERE id = $1', [colleague.id]);
    expect((await once(colleague.api, 'a').post('/api/admin/orgs/', { name: 'New' })).status).toBe(404);
  });

  it('also when that happens between guard and answer', async () => {
    const { id, api } = await callingMember(test, org, 'Owner');
    await define(once(api, 'a'), 'Reader');
    const held = await hold(
      test.database,
      `UPDATE access_keys SET revoked_at = app_now() WHERE user_id = ${id}`,
    );
    const again = define(once(api, 'a'), 'Reader');
    await held.waitedFor();
    await held.finish();
    expect((await again).status).toBe(401);
  });
});

describe('at the same time', () => {
  it('50 equal posts at two instances make one key: one answer has it, all others say so or that it is under way', async () => {
    const other = await test.another();
    try {
      const answers = await Promise.all(
        Array.from({ length: 50 }, (_, n) => issue(once(n % 2 ? person : person.at(other.url), 'a'))),
      );
      const [made, ...more] = answers.filter(({ status }) => status === 201);
      expect(more).toEqual([]);
      for (const answer of answers.filter((one) => one !== made)) {
        expect(answer.status).toBe(409);
        expect(['already_issued', 'idempotency_in_progress']).toContain(answer.body.code);
        if (answer.body.code === 'already_issued') expect(answer.body.id).toBe(made?.body.id);
      }
      expect(await issue(once(person, 'a'))).toMatchObject({
        ...ALREADY,
        body: { id: made?.body.id as number },
      });
      expect(await count('access_keys')).toBe(1);
    } finally {
      await other.close();
    }
  });

  it('while the first is under way, a repeat is told so at once; when the first fails, the next acts', async () => {
    const held = await hold(test.database, `SELECT hold_organization(${org.id})`);
    const first = issue(once(person, 'a'));
    await held.waitedFor();
    expect(await issue(once(person, 'a'))).toMatchObject(IN_PROGRESS);
    expect((await issue(once(person, 'a'), order({ name: 'Other' }))).status).toBe(409);
    await held.finish(`UPDATE organizations SET self_serve_keys = false WHERE id = ${org.id}`);
    expect((await first).status).toBe(403);
    await test.database.query('UPDATE organizations SET self_serve_keys = true WHERE id = $1', [org.id]);
    expect((await issue(once(person, 'a'))).status).toBe(201);
    expect(await count('access_keys')).toBe(1);
  });
});

it('without the header nothing is kept, and where nothing is created the header means nothing', async () => {
  const before = await count('idempotency_keys', '$1 = $1');
  const [first, second] = [await issue(person), await issue(person)];
  expect([first.status, second.status]).toEqual([201, 201]);
  const key = `${KEYS}${first.body.id as number}/`;
  for (const status of [200, 200, 200])
    expect((await once(person, 'a').post(`${key}suspend/`, {})).status).toBe(status);
  expect((await once(person, ' ').post(`${key}resume/`)).status).toBe(200);
  expect(await count('idempotency_keys', '$1 = $1')).toBe(before);
});
