import { startTestApp, type TestApp } from '../support/app.js';
import { callingStaff } from '../support/callers.js';
import type { Client } from '../support/client.js';
import type { MadeKey, MadeUser } from '../support/factory.js';
import { sessionOf } from '../support/sign-in.js';

let test: TestApp;
let other: TestApp;
let staff: Client;
let staffId: number;
let user: MadeUser;
let person: Client;

beforeAll(async () => {
  test = await startTestApp();
  other = await test.another();
  ({ api: staff, id: staffId } = await callingStaff(test));
  user = await test.make.user();
  person = test.api.as(await sessionOf(test, user));
});
afterEach(() => test.database.shiftClock(0));
afterAll(async () => {
  await other.close();
  await test.close();
});

const asStaff = (key: MadeKey, act: string, body: object = {}) =>
  staff.post(`/api/admin/access-keys/${key.id}/${act}/`, body);
const asUser = (key: MadeKey, act: string, body: object = {}) =>
  person.post(`/api/auth/access-keys/${key.id}/${act}/`, body);
const works = async ({ key }: MadeKey): Promise<boolean[]> =>
  Promise.all([test, other].map(async ({ api }) => (await api.as({ key }).get('/api/orgs/')).status === 200));

describe('suspend and resume', () => {
  it('a suspension holds for the next request on every instance, and so does its end (T1, T2, T3, T16)', async () => {
    const key = await test.make.accessKey(user);
    for (let round = 0; round < 3; round += 1) {
      expect(await works(key)).toEqual([true, true]);
      expect(await asStaff(key, 'suspend')).toMatchObject({ status: 200, body: { status: 'suspended' } });
      expect(await works(key)).toEqual([false, false]);
      expect(await asStaff(key, 'resume')).toMatchObject({ status: 200, body: { status: 'active' } });
    }
  });

  it('a suspended key is 401 in the very bytes of an unknown one', async () => {
    const key = await test.make.accessKey(user);
    await asUser(key, 'suspend');
    const suspended = await test.api.as(key).get('/api/orgs/');
    const unknown = await test.api.as({ key: `AAAAAAAA.${'A'.repeat(32)}` }).get('/api/orgs/');
    expect({ status: suspended.status, text: suspended.text }).toEqual({ status: 401, text: unknown.text });
  });

  it('resumes by itself at the time that was set', async () => {
    const key = await test.make.accessKey(user);
    const [row] = await test.database.query<{ until: Date }>(
      `SELECT app_now() + interval '10 minutes' AS until`,
    );
    const until = row?.until.toISOString();
    expect(await asUser(key, 'suspend', { until })).toMatchObject({ body: { suspended_until: until } });
    expect(await works(key)).toEqual([false, false]);
    await test.database.shiftClock(601);
    expect(await works(key)).toEqual([true, true]);
    expect(await asUser(key, 'resume')).toMatchObject({ status: 409, body: { code: 'not_suspended' } });
  });

  it('what staff suspended its user can neither resume nor shorten; what the user suspended staff can resume', async () => {
    const key = await test.make.accessKey(user);
    await asStaff(key, 'suspend');
    for (const [act, body] of [
      ['resume', {}],
      ['suspend', { until: '2090-01-01T00:00:00Z' }],
    ] as const) {
      expect(await asUser(key, act, body)).toMatchObject({
        status: 403,
        body: { code: 'permission_denied' },
      });
    }
    expect(await works(key)).toEqual([false, false]);
    await asStaff(key, 'resume');
    await asUser(key, 'suspend');
    expect(await asStaff(key, 'resume')).toMatchObject({ status: 200, body: { status: 'active' } });
  });

  it('400 for a time that is past, 409 for a key that is dead', async () => {
    const key = await test.make.accessKey(user);
    expect(await asUser(key, 'suspend', { until: '2001-01-01T00:00:00Z' })).toMatchObject({
      status: 400,
      body: { until: ['This must be in the future.'] },
    });
    await asUser(key, 'revoke');
    for (const act of ['suspend', 'resume']) expect((await asStaff(key, act)).status).toBe(409);
  });

  it('every act is in the audit log: by whom, for whom', async () => {
    const key = await test.make.accessKey(user);
    await asUser(key, 'suspend');
    await asStaff(key, 'resume');
    const events = await test.database.query(
      `SELECT action, actor_id, user_id FROM audit_events WHERE subject_type = 'access_key' AND subject_id = $1 ORDER BY id`,
      [key.id],
    );
    expect(events).toEqual([
      { action: 'access_key.suspended', actor_id: user.id, user_id: user.id },
      { action: 'access_key.resumed', actor_id: staffId, user_id: user.id },
    ]);
  });
});

describe('PATCH /api/admin/access-keys/{id}/', () => {
  const edit = (key: MadeKey, body: object, headers: Record<string, string> = {}) =>
    staff.with(headers).patch(`/api/admin/access-keys/${key.id}/`, body);

  it('a full admin key narrows itself, and is read-only from then on', async () => {
    const key = await test.make.accessKey(await test.make.user({ staff: true }), { admin: true });
    const api = test.api.as({ key: key.key });
    const narrow = () => api.patch(`/api/admin/access-keys/${key.id}/`, { access_level: 'read_only' });
    expect(await narrow()).toMatchObject({ status: 200, body: { access_level: 'read_only' } });
    expect(await narrow()).toMatchObject({ status: 403, body: { code: 'read_only_key' } });
  });

  it('renames, narrows the level and brings the expiry forward, and that holds at once', async () => {
    const key = await test.make.accessKey(user);
    const body = { name: 'New', access_level: 'read_only', expires_at: '2090-01-01T00:00:00.000Z' };
    expect(await edit(key, body)).toMatchObject({ status: 200, body });
    expect(await test.api.as(key).post('/api/auth/access-keys/current/revoke/', {})).toMatchObject({
      status: 403,
      body: { code: 'read_only_key' },
    });
  });

  it.each([
    ['its level', { access_level: 'read_only' }, false],
    ['its expiry', { expires_at: '2090-01-01T00:00:00Z' }, false],
    ['its name', { name: 'Other' }, false],
    ['an earlier expiry', { expires_at: '2089-01-01T00:00:00Z' }, true],
  ])(
    'says again what it has, or narrows it: of %s the lineage is bound only if it narrows',
    async (_of, body, bound) => {
      const key = await test.make.accessKey(user, { level: 'read_only' });
      await test.database.query(
        `UPDATE access_keys SET expires_at = '2090-01-01T00:00:00Z', renewable_until = '2090-01-01T00:00:00Z' WHERE id = $1`,
        [key.id],
      );
      expect((await edit(key, body)).status).toBe(200);
      const [row] = await test.database.query('SELECT renewal_bound FROM access_keys WHERE id = $1', [
        key.id,
      ]);
      expect(row).toEqual({ renewal_bound: bound });
      const [event] = await test.database.query<{ details: object }>(
        `SELECT details FROM audit_events WHERE action = 'access_key.changed' AND subject_id = $1`,
        [key.id],
      );
      expect(event?.details).not.toHaveProperty('allowed_networks'); // which nobody changed
    },
  );

  it('binds the lineage of a key whose level it narrows, and no later name sets it free', async () => {
    const key = await test.make.accessKey(user);
    for (const body of [{ access_level: 'read_only' }, { name: 'Other' }]) {
      expect((await edit(key, body)).status).toBe(200);
      expect(
        await test.database.query('SELECT renewal_bound FROM access_keys WHERE id = $1', [key.id]),
      ).toEqual([{ renewal_bound: true }]);
    }
  });

  it('widens nothing: neither level nor expiry (T18)', async () => {
    const key = await test.make.accessKey(user, { level: 'read_only', expiresInSeconds: 600 });
    for (const expires_at of ['2090-01-01T00:00:00Z', null]) {
      expect(await edit(key, { access_level: 'full_access', expires_at })).toMatchObject({
        status: 400,
        body: {
          access_level: ['The level of a key can only be narrowed.'],
          expires_at: ['The expiry of a key can only be brought forward.'],
        },
      });
    }
  });

  it('no field of the body names another owner or takes a revocation back (A12, A14)', async () => {
    const key = await test.make.accessKey(user);
    const stranger = await test.make.user();
    const injected = { user: stranger.id, user_id: stranger.id, admin: true, prefix: 'aaaaaaaa' };
    expect(await edit(key, injected)).toMatchObject({
      status: 200,
      body: { user: user.id, admin: false, prefix: key.prefix },
    });
    await asStaff(key, 'revoke');
    for (const back of [{ revoked: false }, { revoked_at: null }, { status: 'active' }]) {
      expect(await edit(key, back)).toMatchObject({ status: 409, body: { code: 'key_revoked' } });
    }
    expect(await works(key)).toEqual([false, false]);
  });

  it('409 for an If-Match that is stale; last use does not raise the version', async () => {
    const key = await test.make.accessKey(user);
    const before = await staff.get(`/api/admin/access-keys/${key.id}/`);
    await test.database.query('UPDATE access_keys SET last_used_at = app_now() WHERE id = $1', [key.id]);
    const etag = before.headers.get('etag') ?? '';
    expect((await edit(key, { name: 'One' }, { 'if-match': etag })).status).toBe(200);
    expect(await edit(key, { name: 'Two' }, { 'if-match': etag })).toMatchObject({
      status: 409,
      body: { code: 'edit_conflict' },
    });
  });

  it('through an admin key no key of staff is resumed: a stolen one could undo the suspension of another', async () => {
    const user = await test.make.user({ staff: true });
    const [stolen, suspended] = [
      await test.make.accessKey(user, { admin: true }),
      await test.make.accessKey(user, { admin: true }),
    ];
    const other = await test.make.accessKey(await test.make.user());
    await test.database.query('UPDATE access_keys SET suspended_at = app_now() WHERE id = ANY($1)', [
      [suspended.id, other.id],
    ]);
    const resume = ({ id }: { id: number }) =>
      test.api.as({ key: stolen.key }).post(`/api/admin/access-keys/${id}/resume/`);
    expect(await resume(suspended)).toMatchObject({ status: 403, body: { code: 'permission_denied' } });
    expect(await resume(other)).toMatchObject({ status: 200 });
  });

  it('nor does its suspension, or that of its unused successor, come to end sooner; a longer one is taken', async () => {
    const user = await test.make.user({ staff: true });
    const thief = test.api.as(await test.make.accessKey(user, { admin: true }));
    const [plain, admin, old] = [
      await test.make.accessKey(user),
      await test.make.accessKey(user, { admin: true }),
      await test.make.accessKey(user),
    ];
    const { body: successor } = await staff.post(`/api/admin/access-keys/${old.id}/rotate/`);
    const nobodys = await test.make.accessKey(await test.make.user());
    const end = '2090-01-01T00:00:00.000Z';
    for (const { id } of [plain, admin, successor, nobodys]) {
      expect((await staff.post(`/api/admin/access-keys/${id}/suspend/`, { until: end })).status).toBe(200);
    }
    const suspend = ({ id }: { id: number }, until?: string) =>
      thief.post(`/api/admin/access-keys/${id}/suspend/`, until ? { until } : {});
    const endOf = async ({ id }: { id: number }): Promise<unknown> =>
      ((await staff.get(`/api/admin/access-keys/${id}/`)).body as { suspended_until: unknown })
        .suspended_until;
    for (const [key, suspended] of [
      [plain, plain],
      [admin, admin],
      [old, successor], // through the key that it succeeds
    ] as const) {
      expect(await suspend(key, '2089-12-31T23:59:59Z')).toMatchObject({
        status: 403,
        body: { code: 'permission_denied' },
      });
      expect(await suspend(key, end)).toMatchObject({ status: 200 }); // no sooner
      expect(await endOf(suspended)).toBe(end);
      expect(await suspend(key)).toMatchObject({ status: 200, body: { suspended_until: null } });
      expect(await suspend(key, end)).toMatchObject({ status: 403 }); // it had no end
      expect(await endOf(suspended)).toBeNull();
    }
    expect(await suspend(nobodys, '2089-01-01T00:00:00Z')).toMatchObject({ status: 200 });
  });
});
