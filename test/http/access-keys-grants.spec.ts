import { startTestApp, type TestApp } from '../support/app.js';
import { callingStaff, type Caller } from '../support/callers.js';
import type { Client } from '../support/client.js';
import type { MadeUser } from '../support/factory.js';
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

const ADMIN = '/api/admin/access-key-grants/';
const OWN = '/api/auth/access-key-grants/';
const order = (over: object = {}) => ({
  user: user.id,
  organization: org.id,
  access_level: 'read_only',
  name: 'Nightly',
  reason: 'Ticket 7',
  ...over,
});
const grant = async (over?: object): Promise<{ id: number }> =>
  (await staff.api.post(ADMIN, order(over))).body as { id: number };
const redeem = ({ id }: { id: number }, by = person) => by.post(`${OWN}${id}/redeem/`);
const keysOfUser = () => test.database.query('SELECT id FROM access_keys WHERE user_id = $1', [user.id]);

describe('staff-blind provisioning', () => {
  it('staff grant, no key exists; the user redeems it and alone sees the key, which works', async () => {
    const granted = await staff.api.post(ADMIN, order({ key_expires_at: '2090-01-01T00:00:00Z' }));
    expect(granted).toMatchObject({ status: 201 });
    expect(granted.body).toEqual({
      id: expect.any(Number) as number,
      ...order(),
      status: 'open',
      expires_at: expect.any(String) as string,
      key_expires_at: '2090-01-01T00:00:00.000Z',
      allowed_networks: [],
      created_at: expect.any(String) as string,
      created_by: staff.id,
      issued_via: expect.stringMatching(/^session:\d+$/) as string,
      redeemed_at: null,
      rotates: null,
      access_key: null,
      cancelled_at: null,
      cancelled_by: null,
    });
    expect(await keysOfUser()).toEqual([]);
    const list = await person.get(OWN);
    expect(list.body).toMatchObject({ count: 1, results: [{ id: granted.body.id, status: 'open' }] });
    const redeemed = await redeem(granted.body as { id: number }, test.api.as(await bearerOf(test, user)));
    expect(redeemed).toMatchObject({
      status: 201,
      body: {
        user: user.id,
        organization: org.id,
        access_level: 'read_only',
        name: 'Nightly',
        admin: false,
        expires_at: '2090-01-01T00:00:00.000Z',
        created_by: user.id,
        issued_via: expect.stringMatching(/^jwt:\d+$/) as string,
      },
    });
    const key = test.api.as({ key: redeemed.body.key as string });
    expect((await key.get(`/api/orgs/${org.id}/`)).status).toBe(200);
    const seen = await staff.api.get(`${ADMIN}?user=${user.id}&status=redeemed`);
    expect(seen.body.results).toMatchObject([{ status: 'redeemed', access_key: redeemed.body.id }]);
    expect(seen.text).not.toContain((redeemed.body.key as string).slice(9));
  });

  it('of many redemptions at the same time, at two instances, exactly one gets the key', async () => {
    const other = await test.another();
    try {
      const made = await grant();
      const answers = await Promise.all(
        Array.from({ length: 10 }, (_, n) => redeem(made, n % 2 ? person : person.at(other.url))),
      );
      expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
      expect(
        answers.filter(({ status, body }) => status === 409 && body.code === 'grant_not_open'),
      ).toHaveLength(9);
      expect(await keysOfUser()).toHaveLength(1);
    } finally {
      await other.close();
    }
  });

  it('a grant lapses after 7 days, at the time that staff set, and when its key would be dead on arrival', async () => {
    const [row] = await test.database.query<{ soon: Date }>(
      `SELECT app_now() + interval '30 minutes' AS soon`,
    );
    const soon = row?.soon.toISOString();
    const [first, second] = [await grant(), await grant()];
    // The clock of a session runs too: days later it takes a new one.
    const signedIn = async () => test.api.as(await sessionOf(test, user));
    const sooner = [await grant({ expires_at: soon }), await grant({ key_expires_at: soon })];
    await test.database.shiftClock(1801);
    for (const made of sooner)
      expect(await redeem(made)).toMatchObject({ status: 409, body: { code: 'grant_not_open' } });
    expect((await person.get(`${OWN}?status=lapsed`)).body.count).toBe(2);
    await test.database.shiftClock(7 * 86_400 - 60);
    expect((await redeem(first, await signedIn())).status).toBe(201);
    await test.database.shiftClock(7 * 86_400 + 60);
    expect((await redeem(second, await signedIn())).status).toBe(409);
  });

  it('staff take a grant back; a cancelled one stays so, a redeemed one can not be cancelled', async () => {
    const made = await grant();
    const cancel = ({ id }: { id: number }) => staff.api.post(`${ADMIN}${id}/cancel/`);
    expect(await cancel(made)).toMatchObject({
      status: 200,
      body: { status: 'cancelled', cancelled_by: staff.id },
    });
    expect((await redeem(made)).status).toBe(409);
    expect((await cancel(made)).status).toBe(409);
    const redeemed = await grant();
    await redeem(redeemed);
    expect(await cancel(redeemed)).toMatchObject({ status: 409, body: { code: 'grant_not_open' } });
    expect((await cancel({ id: 999_999 })).status).toBe(404);
    expect(await keysOfUser()).toHaveLength(1);
  });

  it("somebody else's grant is not there: neither in the list nor to redeem", async () => {
    const made = await grant();
    const stranger = test.api.as(await sessionOf(test, await test.make.member(org, 'Owner')));
    expect((await stranger.get(`${OWN}?user=${user.id}`)).body.count).toBe(0);
    const foreign = await redeem(made, stranger);
    const absent = await redeem({ id: 999_999 }, stranger);
    expect([foreign.status, foreign.text]).toEqual([404, absent.text]);
    expect((await redeem(made)).status).toBe(201);
  });

  it('no key redeems a grant, not even a full one of its user; a key cannot widen itself (T12)', async () => {
    const made = await grant({ access_level: 'full_access' });
    for (const level of ['read_only', 'full_access'] as const) {
      const key = test.api.as(await test.make.accessKey(user, { level }));
      expect(await redeem(made, key)).toMatchObject({ status: 403, body: { code: 'wrong_credential_kind' } });
    }
    expect((await redeem(made)).status).toBe(201);
  });

  it('who left the organization, or was deactivated, redeems nothing', async () => {
    const made = await grant();
    await test.database.query('DELETE FROM members WHERE id = $1', [user.memberId]);
    expect(await redeem(made)).toMatchObject({ status: 409, body: { code: 'grant_void' } });
    await test.make.member(org, 'Viewer', user);
    await test.database.query('UPDATE users SET is_active = false WHERE id = $1', [user.id]);
    expect((await redeem(made)).status).toBe(401);
    expect(await keysOfUser()).toEqual([]);
  });

  it('bad input is told by field, all at once, and writes nothing', async () => {
    const stranger = await test.make.user();
    const refused = await staff.api.post(ADMIN, {});
    const required = ['This field is required.'];
    expect(refused).toMatchObject({
      status: 400,
      body: {
        user: required,
        organization: required,
        access_level: required,
        name: required,
        reason: required,
      },
    });
    const past = '2001-01-01T00:00:00Z';
    expect(
      await staff.api.post(ADMIN, order({ user: stranger.id, expires_at: past, key_expires_at: past })),
    ).toMatchObject({
      status: 400,
      body: {
        organization: ['The user is not a member of this organization.'],
        expires_at: ['This must be in the future.'],
        key_expires_at: ['This must be in the future.'],
      },
    });
    expect(await staff.api.post(ADMIN, order({ user: 999_999, organization: 999_999 }))).toMatchObject({
      status: 400,
      body: { user: ['Invalid pk "999999" - object does not exist.'], organization: [expect.any(String)] },
    });
    expect((await staff.api.get(`${ADMIN}?organization=${org.id}`)).body.count).toBe(0);
  });

  it('the list filters, searches and orders by what it names; a bad filter is told by name', async () => {
    const [first, second] = [await grant({ name: 'Nightly' }), await grant({ reason: 'Audit of May' })];
    await staff.api.post(`${ADMIN}${first.id}/cancel/`);
    const elsewhere = await test.make.org();
    await test.make.member(elsewhere, 'Viewer', user);
    const third = await grant({ organization: elsewhere.id });
    const found = async (query: string): Promise<number[]> =>
      (await staff.api.get(`${ADMIN}?user=${user.id}&${query}`)).body.results.map(
        ({ id }: { id: number }) => id,
      );
    expect(await found('')).toEqual([third.id, second.id, first.id]);
    expect(await found('ordering=created_at')).toEqual([first.id, second.id, third.id]);
    expect(await found('status=cancelled')).toEqual([first.id]);
    expect(await found('status=open&ordering=id')).toEqual([second.id, third.id]);
    expect(await found(`organization=${elsewhere.id}`)).toEqual([third.id]);
    expect(await found('search=audit+of')).toEqual([second.id]);
    const bad = await staff.api.get(`${ADMIN}?status=lost&user=x&organization=0`);
    expect({ status: bad.status, fields: Object.keys(bad.body as object).toSorted() }).toEqual({
      status: 400,
      fields: ['organization', 'status', 'user'],
    });
  });

  it('through an admin key staff issue grants, also for staff; a read-only one and anybody else do not', async () => {
    const colleague = await test.make.user({ staff: true });
    await test.make.member(org, 'Viewer', colleague);
    const admin = await test.make.accessKey(staff, { admin: true });
    expect(await test.api.as(admin).post(ADMIN, order({ user: colleague.id }))).toMatchObject({
      status: 201,
      body: { issued_via: `access_key:${admin.id}`, created_by: staff.id },
    });
    const readOnly = await test.make.accessKey(staff, { admin: true, level: 'read_only' });
    expect((await test.api.as(readOnly).post(ADMIN, order())).status).toBe(403);
    expect((await test.api.as(readOnly).get(ADMIN)).status).toBe(200);
    expect((await person.post(ADMIN, order())).status).toBe(404);
  });

  it('every step is in the audit log, and none of them holds the key', async () => {
    const made = await grant();
    const { body: key } = await redeem(made);
    const cancelled = await grant();
    await staff.api.post(`${ADMIN}${cancelled.id}/cancel/`);
    const events = await test.database.query(
      `SELECT action, actor_id, subject_type, subject_id, user_id, details FROM audit_events
       WHERE organization_id = $1 ORDER BY id`,
      [org.id],
    );
    const subject = { subject_type: 'access_key_grant', user_id: user.id };
    expect(events).toMatchObject([
      { ...subject, action: 'access_key_grant.issued', actor_id: staff.id, subject_id: made.id },
      { action: 'access_key.issued', actor_id: user.id, subject_id: key.id, details: { grant: made.id } },
      { ...subject, action: 'access_key_grant.redeemed', actor_id: user.id, details: { access_key: key.id } },
      { ...subject, action: 'access_key_grant.issued', actor_id: staff.id, subject_id: cancelled.id },
      { ...subject, action: 'access_key_grant.cancelled', actor_id: staff.id, subject_id: cancelled.id },
    ]);
  });
});
