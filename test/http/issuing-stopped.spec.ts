import { startTestApp, type TestApp } from '../support/app.js';
import { callingStaff } from '../support/callers.js';
import type { Answer, Client } from '../support/client.js';
import type { MadeKey, MadeUser } from '../support/factory.js';
import { bearerOf, sessionOf } from '../support/sign-in.js';

const DAY = 86_400;
let test: TestApp;
let staff: Client;
let staffId: number;
let org: { id: number };
let owner: Client;
let user: MadeUser;
let person: Client;
let key: MadeKey;
let grant: number;
beforeAll(async () => {
  test = await startTestApp();
  ({ api: staff, id: staffId } = await callingStaff(test));
});
beforeEach(async () => {
  org = await test.make.org();
  owner = test.api.as(await sessionOf(test, await test.make.member(org, 'Owner')));
  user = await test.make.member(org, 'Analyst');
  person = test.api.as(await sessionOf(test, user));
  key = await test.make.accessKey(user, { organization: org, expiresInSeconds: 90 * DAY });
  const granted = await staff.post('/api/admin/access-key-grants/', {
    ...order(),
    user: user.id,
    reason: 'R',
  });
  expect(granted.status).toBe(201);
  grant = granted.body.id as number;
});
afterEach(() => staff.patch('/api/admin/policy/', { issuing_stopped: false }));
afterAll(() => test.close());

const order = () => ({ organization: org.id, access_level: 'read_only', name: 'New' });

/** Every way in which a key is made. */
const WAYS: [string, () => Promise<Answer>][] = [
  ['an issue by staff', () => staff.post('/api/admin/access-keys/', { ...order(), user: user.id })],
  ['an issue for oneself', () => person.post('/api/auth/access-keys/', order())],
  ['the redemption of a grant', () => person.post(`/api/auth/access-key-grants/${grant}/redeem/`)],
  ['a rotation by staff', () => staff.post(`/api/admin/access-keys/${key.id}/rotate/`, {})],
  ['a rotation by its user', () => person.post(`/api/auth/access-keys/${key.id}/rotate/`, {})],
  ['a rotation by itself', () => test.api.as(key).post('/api/auth/access-keys/current/rotate/', {})],
];
/** Who stops it, for whom, and lets it go on. */
const STOPS: [string, (stopped: boolean) => Promise<Answer>][] = [
  [
    'its organization',
    (issuing_stopped) => owner.patch(`/api/orgs/${org.id}/`, { policy: { issuing_stopped } }),
  ],
  [
    'staff for its organization',
    (issuing_stopped) => staff.patch(`/api/admin/orgs/${org.id}/`, { policy: { issuing_stopped } }),
  ],
  ['staff for all', (issuing_stopped) => staff.patch('/api/admin/policy/', { issuing_stopped })],
];
/** All keys there are, but for their last uses, which are written a second later. */
const keys = () =>
  test.database.query(
    `SELECT to_jsonb(k) - '{last_used_at,last_used_ip,last_used_user_agent}'::text[] AS key FROM access_keys k ORDER BY id`,
  );

describe('While issuing is stopped', () => {
  describe.each(STOPS)('by %s', (_who, stop) => {
    it.each(WAYS)(
      '%s is 409 `issuing_stopped` and makes nothing; afterwards it is done',
      async (_way, make) => {
        expect((await stop(true)).status).toBe(200);
        const before = await keys();
        expect(await make()).toMatchObject({ status: 409, body: { code: 'issuing_stopped' } });
        expect(await keys()).toEqual(before);
        expect((await stop(false)).status).toBe(200);
        expect((await make()).status).toBe(201);
      },
    );

    it('what exists works on, can be suspended, resumed and revoked, and no grant is used up', async () => {
      await stop(true);
      await person.post(`/api/auth/access-key-grants/${grant}/redeem/`);
      expect((await test.api.as(key).get(`/api/orgs/${org.id}/`)).status).toBe(200);
      for (const act of ['suspend', 'resume', 'revoke']) {
        expect((await person.post(`/api/auth/access-keys/${key.id}/${act}/`, {})).status).toBe(200);
      }
      await stop(false);
      expect((await person.post(`/api/auth/access-key-grants/${grant}/redeem/`)).status).toBe(201);
    });
  });

  it('a key can stop it, and not let it go on: that takes a session or JWT', async () => {
    const employee = await test.make.user({ staff: true });
    const admin = test.api.as(await test.make.accessKey(employee, { admin: true }));
    const owners = await test.make.member(org, 'Owner');
    const ways: [Client, Client, string, (stopped: boolean) => object][] = [
      [
        test.api.as(await test.make.accessKey(owners, { organization: org })),
        test.api.as(await bearerOf(test, owners)),
        `/api/orgs/${org.id}/`,
        (issuing_stopped) => ({ policy: { issuing_stopped } }),
      ],
      [admin, staff, `/api/admin/orgs/${org.id}/`, (issuing_stopped) => ({ policy: { issuing_stopped } })],
      [admin, staff, '/api/admin/policy/', (issuing_stopped) => ({ issuing_stopped })],
    ];
    for (const [through, by, path, body] of ways) {
      expect((await through.patch(path, body(false))).status).toBe(200);
      expect((await through.patch(path, body(true))).status).toBe(200);
      const refused = await through.patch(path, body(false));
      const detail = 'The issuing of access keys is allowed again by session or JWT alone.';
      expect([path, refused.status, refused.body]).toEqual([
        path,
        403,
        { detail, code: 'permission_denied' },
      ]);
      const issued = await staff.post('/api/admin/access-keys/', { ...order(), user: user.id });
      expect(issued).toMatchObject({ status: 409, body: { code: 'issuing_stopped' } });
      expect((await by.patch(path, body(false))).status).toBe(200);
    }
  });

  it('by an organization, keys of other organizations and user-wide ones are made; by staff for all, none', async () => {
    const elsewhere = await test.make.org();
    await test.make.member(elsewhere, 'Viewer', user);
    const issue = (organization: number | null) =>
      staff.post('/api/admin/access-keys/', { ...order(), user: user.id, organization });
    await owner.patch(`/api/orgs/${org.id}/`, { policy: { issuing_stopped: true } });
    expect([(await issue(elsewhere.id)).status, (await issue(null)).status]).toEqual([201, 201]);
    await staff.patch('/api/admin/policy/', { issuing_stopped: true });
    expect([(await issue(elsewhere.id)).status, (await issue(null)).status]).toEqual([409, 409]);
  });

  it('a body that is wrong is told so first, and who may not issue is told that', async () => {
    await staff.patch('/api/admin/policy/', { issuing_stopped: true });
    expect((await person.post('/api/auth/access-keys/', { ...order(), name: '' })).status).toBe(400);
    const past = { ...order(), expires_at: '2001-01-01T00:00:00Z' };
    expect((await person.post('/api/auth/access-keys/', past)).status).toBe(400);
    await owner.patch(`/api/orgs/${org.id}/`, { policy: { self_serve_keys: false } });
    expect((await person.post('/api/auth/access-keys/', order())).status).toBe(403);
  });

  it('a key under way when it is stopped is made before that is answered, or not at all', async () => {
    const issued = Promise.all(
      Array.from({ length: 20 }, () => staff.post('/api/admin/access-keys/', { ...order(), user: user.id })),
    );
    const stopped = await staff.patch('/api/admin/policy/', { issuing_stopped: true });
    expect(stopped.status).toBe(200);
    const made = async () => {
      const [row] = await test.database.query<{ count: number }>(
        'SELECT count(*)::int AS count FROM access_keys WHERE organization_id = $1',
        [org.id],
      );
      return row?.count;
    };
    const atStop = await made();
    const statuses = (await issued).map(({ status }) => status);
    expect(new Set([...statuses, 201, 409])).toEqual(new Set([201, 409]));
    expect(await made()).toBe(atStop);
  });
});

describe('/api/admin/policy/', () => {
  it('tells and changes what holds for all, and the audit log names who did', async () => {
    expect(await staff.get('/api/admin/policy/')).toMatchObject({
      status: 200,
      body: { issuing_stopped: false },
    });
    const changed = await staff.patch('/api/admin/policy/', { issuing_stopped: true });
    expect([changed.status, changed.body]).toEqual([200, { issuing_stopped: true }]);
    expect((await staff.get('/api/admin/policy/')).body).toEqual({ issuing_stopped: true });
    const { body } = await staff.get('/api/admin/audit-events/?action=service_policy.changed&ordering=-id');
    expect(body.results[0]).toMatchObject({
      action: 'service_policy.changed',
      actor: staffId,
      organization: null,
      details: { issuing_stopped: true },
    });
    expect((await staff.patch('/api/admin/policy/', {})).body).toEqual({ issuing_stopped: true });
  });

  it('is 404 for who is not staff, and a bad value changes nothing', async () => {
    for (const by of [owner, person, test.api.as(key)]) {
      expect((await by.get('/api/admin/policy/')).status).toBe(404);
      expect((await by.patch('/api/admin/policy/', { issuing_stopped: true })).status).toBe(404);
    }
    const bad = await staff.patch('/api/admin/policy/', { issuing_stopped: 'perhaps' });
    expect([bad.status, bad.body]).toEqual([400, { issuing_stopped: ['Must be a valid boolean.'] }]);
    expect((await staff.get('/api/admin/policy/')).body).toEqual({ issuing_stopped: false });
  });
});
