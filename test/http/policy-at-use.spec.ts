import { RefusalLog } from '../../src/audit/refusals/refusal-log.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { callingStaff } from '../support/callers.js';
import type { Client } from '../support/client.js';
import type { MadeKey, MadeUser } from '../support/factory.js';
import { bearerOf, sessionOf } from '../support/sign-in.js';

const DAY = 86_400;
let test: TestApp;
let staff: Client;
let org: { id: number };
let owner: Client;
let user: MadeUser;
beforeAll(async () => {
  test = await startTestApp();
  staff = (await callingStaff(test)).api;
});
beforeEach(async () => {
  org = await test.make.org();
  owner = test.api.as(await sessionOf(test, await test.make.member(org, 'Owner')));
  user = await test.make.member(org, 'Administrator');
});
afterEach(() => test.database.shiftClock(0));
afterAll(() => test.close());

const setPolicy = async (policy: object): Promise<void> => {
  expect((await owner.patch(`/api/orgs/${org.id}/`, { policy })).status).toBe(200);
};
const change = (columns: string, { id }: { id: number }) =>
  test.database.query(`UPDATE access_keys SET ${columns} WHERE id = $1`, [id]);
const keyOf = (days: number) =>
  test.make.accessKey(user, { organization: org, expiresInSeconds: days * DAY });
const use = (key: MadeKey) => test.api.as(key).get(`/api/orgs/${org.id}/`);
const statusOf = async ({ id }: MadeKey) => (await staff.get(`/api/admin/access-keys/${id}/`)).body.status;
const diagnosed = async ({ key }: MadeKey) =>
  (await test.api.post('/api/auth/access-keys/diagnose/', { key })).body;

/** Days that the policy allows a key to live and to go unused; what breaks it, and what only just doesn't. */
const LIMITS = { longest_key_lifetime_days: 90, longest_unused_days: 30 };
const BREAKS: [string, string][] = [
  ['lives a moment longer than it allows', `expires_at = created_at + interval '90 days 1 microsecond'`],
  ['has no end', 'expires_at = NULL'],
  [
    'was last used as long ago as it allows',
    `created_at = app_now() - interval '40 days', expires_at = app_now() + interval '50 days',
     last_used_at = app_now() - interval '30 days'`,
  ],
  [
    'was never used since it was made as long ago as it allows',
    `created_at = app_now() - interval '30 days', expires_at = app_now() + interval '60 days'`,
  ],
];
const KEEPS: [string, string][] = [
  ['lives as long as it allows', `expires_at = created_at + interval '90 days'`],
  [
    'was used within the days that it allows',
    `created_at = app_now() - interval '40 days', expires_at = app_now() + interval '50 days',
     last_used_at = app_now() - interval '29 days 23 hours'`,
  ],
  [
    'is new enough never to have been used',
    `created_at = app_now() - interval '29 days 23 hours', expires_at = app_now() + interval '60 days'`,
  ],
];

describe('A policy that is enforced on use', () => {
  it.each(BREAKS)(
    'blocks a key that %s: 401 like any other, named by diagnose, the lists and the audit log; and lets it work again once it allows it',
    async (_what, columns) => {
      const key = await keyOf(90);
      await setPolicy(LIMITS);
      await change(columns, key);
      await setPolicy({ enforce_on_use: true });
      const refused = await use(key);
      expect(refused).toMatchObject({
        status: 401,
        body: { detail: 'Invalid API key.', code: 'authentication_failed' },
      });
      expect(await diagnosed(key)).toMatchObject({ status: 'blocked', organizations: [] });
      const listed = (path: string, api: Client) => api.get(`${path}?status=blocked&user=${user.id}`);
      for (const list of [
        await listed('/api/admin/access-keys/', staff),
        await listed(`/api/orgs/${org.id}/access-keys/`, owner),
        await listed(`/api/orgs/${org.id}/access-keys/review/`, owner),
      ]) {
        expect(list.body).toMatchObject({ count: 1, results: [{ id: key.id, status: 'blocked' }] });
      }
      await test.app.get(RefusalLog).settled();
      const audited = await test.database.query(
        `SELECT details->>'reason' AS reason FROM audit_events WHERE action = 'access_key.refused' AND subject_id = $1`,
        [key.id],
      );
      expect(audited).toEqual([{ reason: 'blocked' }]);
      await setPolicy({ enforce_on_use: false });
      expect((await use(key)).status).toBe(200);
      await setPolicy({ longest_key_lifetime_days: 3650, longest_unused_days: null, enforce_on_use: true });
      expect((await use(key)).status).toBe(columns.includes('expires_at = NULL') ? 401 : 200);
    },
  );

  it.each(KEEPS)('lets a key work that %s', async (_what, columns) => {
    const key = await keyOf(90);
    await setPolicy({ ...LIMITS, enforce_on_use: true });
    await change(columns, key);
    expect((await use(key)).status).toBe(200);
    expect(await statusOf(key)).toBe('active');
  });

  it('says nothing of a user-wide key, nor of another organization’s', async () => {
    const wide = await test.make.accessKey(user);
    const elsewhere = await test.make.org();
    await test.make.member(elsewhere, 'Viewer', user);
    const foreign = await test.make.accessKey(user, { organization: elsewhere });
    await setPolicy({ ...LIMITS, enforce_on_use: true });
    expect((await use(wide)).status).toBe(200);
    expect((await test.api.as(foreign).get(`/api/orgs/${elsewhere.id}/`)).status).toBe(200);
  });

  it('is the first thing that is told of a suspended key, after revocation and expiry, and lifts no suspension', async () => {
    const key = await test.make.accessKey(user, { organization: org });
    await setPolicy({ enforce_on_use: true });
    const act = (name: string, by: Client = staff, base = '/api/admin/access-keys/') =>
      by.post(`${base}${key.id}/${name}/`, {});
    expect(await act('suspend')).toMatchObject({ status: 200, body: { status: 'blocked' } });
    const own = test.api.as(await sessionOf(test, user));
    expect(await act('rotate', own, '/api/auth/access-keys/')).toMatchObject({
      status: 409,
      body: { code: 'key_suspended' },
    });
    expect((await act('resume', own, '/api/auth/access-keys/')).status).toBe(403);
    await setPolicy({ enforce_on_use: false });
    expect(await statusOf(key)).toBe('suspended');
    await setPolicy({ enforce_on_use: true });
    expect(await act('resume')).toMatchObject({ status: 200, body: { status: 'blocked' } });
    await setPolicy({ enforce_on_use: false });
    expect(await statusOf(key)).toBe('active');
    await setPolicy({ enforce_on_use: true });
    await change(`expires_at = app_now()`, key);
    expect(await statusOf(key)).toBe('expired');
    expect(await act('revoke')).toMatchObject({ status: 200, body: { status: 'revoked' } });
  });

  it.each(['session', 'token'])(
    'is mended by rotating the key: through its user’s %s, not through the key itself',
    async (by) => {
      const key = await test.make.accessKey(user, { organization: org });
      await setPolicy({ enforce_on_use: true });
      expect((await test.api.as(key).post('/api/auth/access-keys/current/rotate/', {})).status).toBe(401);
      const person = test.api.as(await (by === 'session' ? sessionOf : bearerOf)(test, user));
      // Without an end of its own the key is given the policy's.
      const rotated = await person.post(`/api/auth/access-keys/${key.id}/rotate/`, {});
      expect(rotated).toMatchObject({ status: 201, body: { status: 'active' } });
      expect((await use(rotated.body as unknown as MadeKey)).status).toBe(200);
    },
  );

  it('stops what was made through a key that it blocks, until it works again', async () => {
    const manager = await test.make.member(org, 'Owner');
    const key = await test.make.accessKey(manager, { organization: org });
    const invited = await test.make.user();
    const invitation = await test.api.as(key).post(`/api/orgs/${org.id}/members/`, {
      email: invited.email,
      role: 'Viewer',
    });
    expect(invitation.status).toBe(201);
    const guest = test.api.as(await sessionOf(test, invited));
    const open = async () => (await guest.get('/api/auth/invitations/')).body.count as number;
    expect(await open()).toBe(1);
    await setPolicy({ enforce_on_use: true });
    expect(await open()).toBe(0);
    await setPolicy({ enforce_on_use: false });
    expect(await open()).toBe(1);
  });

  it('is set through a key that it blocks itself, which opens nothing from then on', async () => {
    const manager = await test.make.member(org, 'Owner');
    const key = await test.make.accessKey(manager, { organization: org });
    const set = () => test.api.as(key).patch(`/api/orgs/${org.id}/`, { policy: { enforce_on_use: true } });
    expect(await set()).toMatchObject({ status: 200, body: { policy: { enforce_on_use: true } } });
    expect((await set()).status).toBe(401);
  });

  it('is previewed by the review: whom it would block, before it is enforced and after', async () => {
    const ids = async (): Promise<number[]> => {
      const path = `/api/orgs/${org.id}/access-keys/review/?breach=against_policy&ordering=id`;
      return ((await owner.get(path)).body.results as { id: number }[]).map(({ id }) => id);
    };
    const [long, endless, stale, fine, wide, revoked] = [
      await keyOf(91),
      await test.make.accessKey(user, { organization: org }),
      await keyOf(60),
      await keyOf(90),
      await test.make.accessKey(user),
      await keyOf(91),
    ];
    await change(`created_at = created_at - interval '30 days'`, stale);
    await change('revoked_at = app_now()', revoked);
    await setPolicy(LIMITS);
    expect(await ids()).toEqual([long.id, endless.id, stale.id]);
    const statuses = await Promise.all([long, endless, stale, fine, wide].map(statusOf));
    expect(statuses).toEqual(Array(5).fill('active'));
    await setPolicy({ enforce_on_use: true });
    expect(await ids()).toEqual([long.id, endless.id, stale.id]);
    const blocked = await Promise.all([long, endless, stale, fine, wide].map(statusOf));
    expect(blocked).toEqual(['blocked', 'blocked', 'blocked', 'active', 'active']);
  });

  it.each([
    [
      { longest_unused_days: 0 },
      { longest_unused_days: ['Ensure this value is greater than or equal to 1.'] },
    ],
    [
      { longest_unused_days: 3651 },
      { longest_unused_days: ['Ensure this value is less than or equal to 3650.'] },
    ],
    [{ longest_unused_days: 'x' }, { longest_unused_days: ['A valid integer is required.'] }],
    [{ enforce_on_use: null }, { enforce_on_use: ['This field may not be null.'] }],
    [{ issuing_stopped: 'x' }, { issuing_stopped: ['Must be a valid boolean.'] }],
  ])('is refused as %j, and nothing of it is written', async (policy, problems) => {
    const before = (await owner.get(`/api/orgs/${org.id}/`)).body;
    const answer = await owner.patch(`/api/orgs/${org.id}/`, { name: 'Other', policy });
    expect(answer).toMatchObject({ status: 400, body: { policy: problems } });
    expect((await owner.get(`/api/orgs/${org.id}/`)).body).toEqual(before);
  });
});
