import { LapsedCounts } from '../../src/api-access-keys/bulk/lapsed-counts.js';
import { startTestApp, type TestApp } from '../support/app.js';
import type { Answer, Client } from '../support/client.js';
import { callingStaff } from '../support/callers.js';
import type { MadeKey, MadeUser } from '../support/factory.js';
import { hold } from '../support/hold.js';
import { sessionOf } from '../support/sign-in.js';

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
  user = await test.make.member(org, 'Analyst');
});
afterEach(() => test.database.shiftClock(0));
afterAll(() => test.close());

const keyOf = (over: object = {}) =>
  test.make.accessKey(user, { organization: org, expiresInSeconds: 86_400, ...over });
const change = (columns: string, { id }: { id: number }) =>
  test.database.query(`UPDATE access_keys SET ${columns} WHERE id = $1`, [id]);
const path = (by: Client) =>
  by === staff ? '/api/admin/access-keys/bulk-revoke/' : `/api/orgs/${org.id}/access-keys/bulk-revoke/`;
const bulk = (filter: unknown, over: object = {}, by: Client = owner): Promise<Answer> =>
  by.post(path(by), { filter, reason: 'A bad night.', ...over });
/** Counts, and revokes what was counted. */
async function confirmed(filter: object, by: Client = owner): Promise<Answer> {
  const { status, body } = await bulk(filter, {}, by);
  expect(status).toBe(200);
  return bulk(filter, { dry_run: false, confirm_token: body.confirm_token as string }, by);
}
const statuses = async (...keys: { id: number }[]): Promise<string[]> =>
  Promise.all(
    keys.map(async ({ id }) => (await staff.get(`/api/admin/access-keys/${id}/`)).body.status as string),
  );
/** Makes so many read-only keys of the organization at once; their prefixes begin with this letter. */
const makeMany = (letter: string, count: number) =>
  test.database.query(
    `INSERT INTO access_keys (prefix, digest, user_id, organization_id, access_level, name, issued_via)
     SELECT $3 || lpad(n::text, 7, '0'), sha256(($3 || n)::bytea), $1, $2, 'read_only', 'many', 'cli'
     FROM generate_series(1, $4::int) n`,
    [user.id, org.id, letter, count],
  );
/** How many keys of the organization are revoked. */
const revokedKeys = async (): Promise<number> =>
  (
    await test.database.query(
      'SELECT FROM access_keys WHERE organization_id = $1 AND revoked_at IS NOT NULL',
      [org.id],
    )
  ).length;
const eventsOf = ({ id }: { id: number }) =>
  test.database.query(
    `SELECT action, details->>'reason' AS reason FROM audit_events
     WHERE subject_type = 'access_key' AND subject_id = $1 AND action = 'access_key.revoked'`,
    [id],
  );

describe('A dry run', () => {
  it('is what there is by default: counts by status, level, user and last use, and revokes nothing', async () => {
    const other = await test.make.member(org, 'Viewer');
    const keys = [
      await keyOf(),
      await keyOf({ level: 'read_only' }),
      await keyOf(),
      await test.make.accessKey(other, { organization: org, level: 'read_only' }),
    ];
    await change(`suspended_at = app_now(), last_used_at = app_now()`, keys[0] as MadeKey);
    await change(`last_used_at = app_now() - interval '25 hours'`, keys[1] as MadeKey);
    await change(`last_used_at = app_now() - interval '721 hours'`, keys[2] as MadeKey);
    const revoked = await keyOf();
    await change('revoked_at = app_now()', revoked);
    await keyOf({ organization: undefined }); // user-wide
    const { status, body } = await bulk({});
    expect({ status, ...body }).toEqual({
      status: 200,
      dry_run: true,
      count: 4,
      user_wide: 1,
      by_status: { active: 3, suspended: 1, superseded: 0, blocked: 0, expired: 0 },
      by_access_level: { read_only: 2, full_access: 2 },
      by_last_use: { never: 1, last_24_hours: 1, last_30_days: 1, longer_ago: 1 },
      by_user: [
        { user: user.id, email: user.email, count: 3 },
        { user: other.id, email: other.email, count: 1 },
      ],
      confirm_token: expect.stringMatching(/^\w{43}$/) as string,
      expires_in: 600,
    });
    expect(await statuses(...keys)).toEqual(['suspended', 'active', 'active', 'active']);
    const { body: audit } = await owner.get(
      `/api/orgs/${org.id}/audit-events/?action=bulk_revocation.prepared`,
    );
    expect(audit.results).toMatchObject([{ details: { filter: {}, count: 4 } }]);
  });

  it.each([
    [
      'user',
      async (key: MadeKey) => ({ user: (await staff.get(`/api/admin/access-keys/${key.id}/`)).body.user }),
    ],
    ['access_level', () => ({ access_level: 'read_only' })],
    ['status', () => ({ status: 'suspended' })],
    ['expires_before', () => ({ expires_before: '2031-01-01 01:00:01+0200' })],
    ['last_used_before', () => ({ last_used_before: '2021-01-01T00:00:00Z' })],
    ['never_used', () => ({ never_used: false })],
    ['prefix', ({ prefix }: MadeKey) => ({ prefix })],
    ['search', () => ({ search: 'nightly' })],
  ])('counts what fits the filter %s, as the list shows it', async (_name, filter) => {
    const fits = await test.make.accessKey(await test.make.member(org, 'Viewer'), {
      organization: org,
      level: 'read_only',
    });
    await change(
      `suspended_at = app_now(), expires_at = '2030-12-31T23:00:00Z', last_used_at = '2020-01-01', name = 'Nightly'`,
      fits,
    );
    await test.make.accessKey(user, { organization: org, expiresInSeconds: 10 * 366 * 86_400 });
    const wanted = await filter(fits);
    expect((await bulk(wanted)).body).toMatchObject({ count: 1, by_user: [{ count: 1 }] });
    const query = new URLSearchParams(wanted as Record<string, string>).toString();
    const { body } = await owner.get(`/api/orgs/${org.id}/access-keys/?${query}`);
    expect(body.results).toMatchObject([{ id: fits.id }]);
  });

  it.each([
    [{ usr: 5 }, { usr: ['There is no such field.'] }],
    [
      { user: 5, User: 5, '?': 1 },
      { User: ['There is no such field.'], '?': ['There is no such field.'] },
    ],
    [{ user: 'x' }, { user: ['Incorrect type. Expected pk value, received str.'] }],
    [{ status: null }, { status: ['This field may not be null.'] }],
    [{ expires_before: '2030-01-01T00:00:00' }, { expires_before: [expect.stringContaining('time zone')] }],
    ['all', { non_field_errors: ['Invalid data. Expected a dictionary, but got str.'] }],
    [undefined, ['This field is required.']],
  ])('with the filter %j is 400: what is misspelt does not mean everything', async (filter, problems) => {
    const key = await keyOf();
    const { status, body } = await bulk(filter);
    expect({ status, body }).toEqual({ status: 400, body: { filter: problems } });
    expect(await statuses(key)).toEqual(['active']);
  });

  it('takes its filter from a form as well, and what is misspelt there is told too', async () => {
    await keyOf();
    await test.make.accessKey(await test.make.member(org, 'Viewer'), { organization: org });
    const form = owner.with({ 'content-type': 'application/x-www-form-urlencoded' });
    const count = (filter: string): Promise<Answer> => form.post(path(owner), `reason=Leak&${filter}`);
    expect(await count(`filter.user=${user.id}`)).toMatchObject({ status: 200, body: { count: 1 } });
    const { status, body } = await count(`filter.usr=${user.id}`);
    expect({ status, body }).toEqual({
      status: 400,
      body: { filter: { usr: ['There is no such field.'] } },
    });
  });

  it('of more than 10,000 keys is refused with their number; of 10,000 it is not', async () => {
    await makeMany('M', 10_001);
    expect(await bulk({ search: 'many' })).toMatchObject({
      status: 400,
      body: { filter: ['10001 keys fit: narrow it to 10000 at most.'] },
    });
    await test.database.query(`UPDATE access_keys SET name = 'one' WHERE prefix = 'M0000001'`);
    expect(await bulk({ search: 'many' })).toMatchObject({ status: 200, body: { count: 10_000 } });
  });

  it('wants a reason', async () => {
    expect(await bulk({}, { reason: '' })).toMatchObject({
      status: 400,
      body: { reason: ['This field may not be blank.'] },
    });
  });
});

describe('Confirmed, it', () => {
  it('revokes what was counted, each with one audit event, and nothing else', async () => {
    const [one, two, full] = [
      await keyOf({ level: 'read_only' }),
      await keyOf({ level: 'read_only' }),
      await keyOf(),
    ];
    const answer = await confirmed({ access_level: 'read_only' });
    expect([answer.status, answer.body]).toEqual([
      200,
      { dry_run: false, revoked: 2, vanished: [], ended: [], remaining: 0 },
    ]);
    expect(await statuses(one, two, full)).toEqual(['revoked', 'revoked', 'active']);
    for (const key of [one, two]) {
      expect(await eventsOf(key)).toEqual([{ action: 'access_key.revoked', reason: 'A bad night.' }]);
    }
    expect((await test.api.as(one).get('/api/orgs/')).status).toBe(401);
  });

  it('leaves a key alone that was issued in between, and names those that no longer fit', async () => {
    const [fits, revoked, used] = [await keyOf(), await keyOf(), await keyOf()];
    const filter = { never_used: true, user: user.id };
    const { body: counted } = await bulk(filter);
    expect(counted.count).toBe(3);
    const issued = await keyOf();
    await staff.post(`/api/admin/access-keys/${revoked.id}/revoke/`, { reason: 'Before.' });
    await change('last_used_at = app_now()', used);
    const { body } = await bulk(filter, { dry_run: false, confirm_token: counted.confirm_token });
    expect(body).toEqual({
      dry_run: false,
      revoked: 1,
      vanished: [
        { id: revoked.id, prefix: revoked.prefix, status: 'revoked' },
        { id: used.id, prefix: used.prefix, status: 'active' },
      ],
      ended: [],
      remaining: 0,
    });
    expect(await statuses(fits, revoked, used, issued)).toEqual(['revoked', 'revoked', 'active', 'active']);
    expect(await eventsOf(revoked)).toEqual([{ action: 'access_key.revoked', reason: 'Before.' }]);
  });

  it('tells what else ended: what was made through the keys, a successor that nobody used', async () => {
    const manager = await test.make.member(org, 'Administrator');
    const key = await test.make.accessKey(manager, { organization: org, expiresInSeconds: 86_400 });
    const invited = await test.api
      .as(key)
      .post(`/api/orgs/${org.id}/members/`, { email: 'guest@example.com', role: 'Viewer' });
    const rotated = await test.api.as(key).post('/api/auth/access-keys/current/rotate/', {});
    const { body } = await confirmed({ prefix: key.prefix });
    expect(body).toMatchObject({ revoked: 1, vanished: [], remaining: 0 });
    expect(body.ended).toEqual(
      expect.arrayContaining([
        { type: 'invitation', id: invited.body.id },
        { type: 'access_key', id: rotated.body.id },
      ]),
    );
    expect(body.ended).toHaveLength(2);
  });

  it('counts a successor once that ends with the key that made it, wherever in the set it stands', async () => {
    const key = await keyOf();
    const rotated = await test.api.as(key).post('/api/auth/access-keys/current/rotate/', {});
    const { body } = await confirmed({ user: user.id });
    expect(body).toEqual({ dry_run: false, revoked: 2, vanished: [], ended: [], remaining: 0 });
    expect(await statuses(key, rotated.body as { id: number })).toEqual(['revoked', 'revoked']);
  });

  it('by a manager leaves user-wide keys and other organizations’ alone; by staff it takes all', async () => {
    const elsewhere = await test.make.org();
    await test.make.member(elsewhere, 'Viewer', user);
    const [home, wide, foreign] = [
      await keyOf(),
      await keyOf({ organization: undefined }),
      await keyOf({ organization: elsewhere }),
    ];
    expect((await confirmed({ user: user.id })).body).toMatchObject({ revoked: 1 });
    expect(await statuses(home, wide, foreign)).toEqual(['revoked', 'active', 'active']);
    expect((await confirmed({ user: user.id }, staff)).body).toMatchObject({ revoked: 2 });
    expect(await statuses(home, wide, foreign)).toEqual(['revoked', 'revoked', 'revoked']);
  });

  it('through a key of the set revokes that last, and every other one before', async () => {
    const manager = await test.make.member(org, 'Administrator');
    const own = await test.make.accessKey(manager, { organization: org });
    const others = [await keyOf(), await keyOf(), await keyOf()];
    await makeMany('L', 120); // in several batches, and the oldest key of the set is in none but the last
    const by = test.api.as(own);
    expect((await confirmed({}, by)).body).toMatchObject({ revoked: 124, vanished: [], remaining: 0 });
    expect(await statuses(own, ...others)).toEqual(Array(4).fill('revoked'));
    expect((await by.get('/api/orgs/')).status).toBe(401);
  });

  it('of more keys than one request revokes is gone on with by the same request, to the last', async () => {
    await makeMany('B', 1051);
    const filter = { search: 'many' };
    const { body: counted } = await bulk(filter);
    expect(counted.count).toBe(1051);
    const go = () => bulk(filter, { dry_run: false, confirm_token: counted.confirm_token });
    const first = (await go()).body;
    expect(first).toMatchObject({ revoked: 1000, remaining: 51, vanished: [] });
    // Two at the same time share what is left, and each tells of all that was done.
    const rest = (await Promise.all([go(), go()])).map(
      ({ body }) => body as { revoked: number; remaining: number },
    );
    for (const { revoked, remaining } of rest) expect(revoked + remaining).toBe(1051);
    const all = { dry_run: false, revoked: 1051, vanished: [], ended: [], remaining: 0 };
    expect(rest).toContainEqual(all);
    expect((await go()).body).toEqual(all);
    const events = await test.database.query<{ count: number; keys: number }>(
      `SELECT count(*)::int AS count, count(DISTINCT e.subject_id)::int AS keys
       FROM audit_events e JOIN access_keys k ON k.id = e.subject_id AND e.subject_type = 'access_key'
       WHERE k.organization_id = $1 AND k.name = 'many' AND e.action = 'access_key.revoked'`,
      [org.id],
    );
    expect(events).toEqual([{ count: 1051, keys: 1051 }]);
  });

  it('that failed midway tells of all that it did when it is sent again, and goes on with the rest', async () => {
    const manager = await test.make.member(org, 'Administrator');
    const maker = await test.make.accessKey(manager, { organization: org });
    const invited = await test.api
      .as(maker)
      .post(`/api/orgs/${org.id}/members/`, { email: 'guest@example.com', role: 'Viewer' });
    const gone = await keyOf();
    await test.database.query(
      `INSERT INTO access_keys (prefix, digest, user_id, organization_id, access_level, name, issued_via)
       SELECT 'D' || lpad(n::text, 7, '0'), sha256(('D' || n)::bytea), $1, $2, 'read_only', 'many', 'cli' FROM generate_series(1, 118) n`,
      [user.id, org.id],
    );
    const { body: counted } = await bulk({});
    expect(counted.count).toBe(120);
    await staff.post(`/api/admin/access-keys/${gone.id}/revoke/`, {});
    const go = () => bulk({}, { dry_run: false, confirm_token: counted.confirm_token });
    // Its third batch waits for a key that somebody holds, and loses its connection there.
    const last = `SELECT max(id) FROM access_keys WHERE organization_id = ${org.id}`;
    const held = await hold(test.database, `SELECT FROM access_keys WHERE id = (${last}) FOR UPDATE`);
    const going = go();
    await held.waitedFor();
    await test.database.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    const failed = await going;
    expect([failed.status, failed.body.code]).toEqual([503, 'service_unavailable']);
    await held.finish();
    expect(await revokedKeys()).toBe(100);

    const done = {
      dry_run: false,
      revoked: 119,
      vanished: [{ id: gone.id, prefix: gone.prefix, status: 'revoked' }],
      ended: [{ type: 'invitation', id: invited.body.id }],
      remaining: 0,
    };
    expect(await go()).toMatchObject({ status: 200, body: done });
    expect(await revokedKeys()).toBe(120);
    expect((await go()).body).toEqual(done); // an answer that was lost is given again
  });

  it('needs the token of exactly this filter, of whoever counted, in time: else 400 and nothing is revoked', async () => {
    const key = await keyOf();
    const { body } = await bulk({ user: user.id });
    const { confirm_token } = body as { confirm_token: string };
    const go = (over: object, filter: object = { user: user.id }, by: Client = owner) =>
      bulk(filter, { dry_run: false, ...over }, by);
    const wrong = {
      status: 400,
      body: { confirm_token: ['This token does not fit: count the keys again.'] },
    };
    expect(await go({})).toMatchObject({
      status: 400,
      body: { confirm_token: ['This field is required.'] },
    });
    expect(await go({ confirm_token: 'A'.repeat(43) })).toMatchObject(wrong);
    expect(await go({ confirm_token }, {})).toMatchObject(wrong);
    expect(await go({ confirm_token }, { user: user.id, status: 'active' })).toMatchObject(wrong);
    expect(await go({ confirm_token }, { user: user.id }, staff)).toMatchObject(wrong);
    const colleague = test.api.as(await sessionOf(test, await test.make.member(org, 'Owner')));
    expect(await go({ confirm_token }, { user: user.id }, colleague)).toMatchObject(wrong);
    await test.database.shiftClock(600);
    expect(await go({ confirm_token })).toMatchObject(wrong);
    await test.database.shiftClock(599);
    expect(await statuses(key)).toEqual(['active']);
    expect(await go({ confirm_token })).toMatchObject({ status: 200, body: { revoked: 1 } });
  });

  it('is ended once it has begun, though its token’s time is over before the last batch', async () => {
    await makeMany('R', 60);
    const filter = { search: 'many' };
    const { body: counted } = await bulk(filter);
    const go = () => bulk(filter, { dry_run: false, confirm_token: counted.confirm_token });
    await test.database.shiftClock(600);
    expect((await go()).status).toBe(400); // too late to begin
    expect(await revokedKeys()).toBe(0);

    await test.database.shiftClock(0);
    const held = await hold(
      test.database,
      `SELECT FROM access_keys WHERE organization_id = ${org.id} FOR UPDATE`,
    );
    const going = go();
    await held.waitedFor(); // in its first batch
    await test.database.shiftClock(601);
    await held.finish();
    const all = { dry_run: false, revoked: 60, vanished: [], ended: [], remaining: 0 };
    expect(await going).toMatchObject({ status: 200, body: all });
    expect(await revokedKeys()).toBe(60);
    expect((await go()).body).toEqual(all); // nor is the answer lost
  });

  it('is forgotten once its time is over, and not before', async () => {
    const job = test.app.get(LapsedCounts, { strict: false });
    await keyOf();
    await test.database.query('DELETE FROM bulk_revocations'); // what other tests left
    await bulk({});
    const waiting = () => test.database.query('SELECT id FROM bulk_revocations');
    expect(await waiting()).toHaveLength(1);
    await test.database.shiftClock(599);
    expect(await job.run()).toBe(0);
    await test.database.shiftClock(601);
    expect(await job.run()).toBe(1);
    expect(await waiting()).toEqual([]);
  });

  it('is 404 outside, 403 for who may only look, and for a read-only key', async () => {
    const auditor = test.api.as(
      await sessionOf(test, await test.make.member(org, await test.make.role(org, ['access_key.view']))),
    );
    expect((await bulk({}, {}, auditor)).status).toBe(403);
    const stranger = test.api.as(await sessionOf(test, await test.make.user()));
    expect((await bulk({}, {}, stranger)).status).toBe(404);
    expect(
      (await stranger.post('/api/admin/access-keys/bulk-revoke/', { filter: {}, reason: 'R' })).status,
    ).toBe(404);
    const manager = await test.make.member(org, 'Administrator');
    const reading = test.api.as(
      await test.make.accessKey(manager, { organization: org, level: 'read_only' }),
    );
    expect((await bulk({}, {}, reading)).body).toMatchObject({ code: 'read_only_key' });
  });
});
