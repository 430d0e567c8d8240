import { KeyLastUse } from '../../src/api-access-keys/use/last-use.js';
import { AuthCleanup } from '../../src/auth/cleanup.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { callingStaff } from '../support/callers.js';
import type { Answer, Client } from '../support/client.js';
import type { MadeKey, MadeUser } from '../support/factory.js';
import { sessionOf } from '../support/sign-in.js';

let test: TestApp;
let staff: Client;
let org: { id: number };
/** Our own staff and an Owner, with an admin key that reaches the organization. */
let maker: MadeUser;
let key: MadeKey;
let user: MadeUser;
let guest: MadeUser;
beforeAll(async () => {
  test = await startTestApp();
  staff = (await callingStaff(test)).api;
});
beforeEach(async () => {
  org = await test.make.org();
  maker = await test.make.member(org, 'Owner', await test.make.user({ staff: true }));
  key = await test.make.accessKey(maker, { admin: true });
  user = await test.make.member(org, 'Analyst');
  guest = await test.make.user();
});
afterEach(() => test.database.shiftClock(0));
afterAll(() => test.close());

const as = async (who: MadeUser): Promise<Client> => test.api.as(await sessionOf(test, who));
const OWN = '/api/auth/access-keys/';
const ADMIN = '/api/admin/access-keys/';
const types = ({ body }: Answer): string[] => (body as { type: string }[]).map(({ type }) => type).toSorted();
const byType = ({ body }: Answer): unknown =>
  (body as { type: string }[]).toSorted((one, other) => one.type.localeCompare(other.type));

/** One thing of each kind, made through the key. */
interface Made {
  readonly key: { id: number; key: string };
  readonly grant: number;
  readonly invitation: number;
  readonly link: { id: number; token: string };
}

async function makeAll(): Promise<Made> {
  const through = test.api.as({ key: key.key });
  const order = { user: user.id, organization: org.id, access_level: 'read_only' };
  const made = await through.post(ADMIN, { ...order, name: 'A key' });
  const grant = await through.post('/api/admin/access-key-grants/', {
    ...order,
    name: 'A grant',
    reason: 'R',
  });
  const invite = { email: guest.email, role: 'Viewer' };
  const invitation = await through.post(`/api/orgs/${org.id}/members/`, invite);
  const link = await through.post(`/api/admin/users/${user.id}/password-link/`);
  expect([made, grant, invitation, link].map(({ status }) => status)).toEqual([201, 201, 201, 201]);
  const [row] = await test.database.query<{ id: number }>(
    'SELECT max(id) AS id FROM password_links WHERE user_id = $1',
    [user.id],
  );
  return {
    key: made.body as Made['key'],
    grant: grant.body.id as number,
    invitation: invitation.body.id as number,
    link: { id: row?.id ?? 0, token: link.body.token as string },
  };
}

/** What comes of using each thing: of the key, the grant, the invitation and the link. */
async function use({ key: made, grant, invitation, link }: Made): Promise<unknown[]> {
  const told = ({ status, body }: Answer): unknown =>
    status === 409 ? `409 ${body.code as string}` : status;
  return [
    told(await test.api.as({ key: made.key }).get(`${OWN}current/`)),
    told(await (await as(user)).post(`/api/auth/access-key-grants/${grant}/redeem/`)),
    told(await (await as(guest)).post(`/api/auth/invitations/${invitation}/accept/`)),
    told(
      await test.api.post('/api/auth/password/set/', {
        token: link.token,
        new_password: 'marmalade kettle one',
      }),
    ),
  ];
}
const ALL_WORK = [200, 201, 200, 204];
const BUT_FOR_THE_KEY = [200, '409 grant_void', 404, 400];

describe('GET …/made/', () => {
  it('names all that was made through a key with its state, to its user and to staff; to others there is no such key', async () => {
    const { id } = key;
    const made = await makeAll();
    const listed = (states: readonly string[]) =>
      [
        { type: 'access_key', id: made.key.id, name: 'A key' },
        { type: 'access_key_grant', id: made.grant, name: 'A grant' },
        { type: 'invitation', id: made.invitation, name: guest.email },
        { type: 'password_link', id: made.link.id, name: user.email },
      ].map((one, at) => ({ ...one, status: states[at] }));
    const open = listed(['active', 'open', 'open', 'open']);
    expect(byType(await (await as(maker)).get(`${OWN}${id}/made/`))).toEqual(open);
    expect(byType(await staff.get(`${ADMIN}${id}/made/`))).toEqual(open);
    for (const path of [OWN, ADMIN])
      expect((await (await as(user)).get(`${path}${id}/made/`)).status).toBe(404);

    expect(await use(made)).toEqual(ALL_WORK);
    await staff.post(`${ADMIN}${made.key.id}/revoke/`);
    const [first, ...others] = listed(['revoked', 'redeemed', 'accepted', 'used']);
    const [redeemed] = await test.database.query<{ id: number }>(
      'SELECT key_id AS id FROM access_key_grants WHERE id = $1',
      [made.grant],
    );
    const granted = { type: 'access_key', id: redeemed?.id, name: 'A grant', status: 'active' };
    expect(byType(await staff.get(`${ADMIN}${id}/made/`))).toEqual([first, granted, ...others]);
  });

  it('names what lapsed by itself: the link after a day, the grant after 7, the invitation after 14', async () => {
    await makeAll();
    const states: unknown[] = [];
    for (const days of [1, 7, 14])
      for (const seconds of [-60, 60]) {
        await test.database.shiftClock(days * 86_400 + seconds);
        const answer = await (await as(maker)).get(`${OWN}${key.id}/made/`);
        states.push((byType(answer) as { status: string }[]).map(({ status }) => status).join());
      }
    expect(states).toEqual([
      'active,open,open,open',
      'active,open,open,lapsed',
      'active,open,open,lapsed',
      'active,lapsed,open,lapsed',
      'active,lapsed,open,lapsed',
      'active,lapsed,lapsed,lapsed',
    ]);
  });

  it('still names a link when dead ones are cleaned up: whom it let in is asked when the key turns out to have leaked', async () => {
    const made = await makeAll();
    expect(await use(made)).toEqual(ALL_WORK);
    const another = await test.make.user();
    const bySession = await (await as(maker)).post(`/api/admin/users/${another.id}/password-link/`);
    const used = await test.api.post('/api/auth/password/set/', {
      token: bySession.body.token,
      new_password: 'marmalade kettle one',
    });
    expect(used.status).toBe(204);
    await test.app.get(AuthCleanup, { strict: false }).run();
    expect(await test.database.query('SELECT FROM password_links WHERE user_id = $1', [another.id])).toEqual(
      [],
    );
    const link = { type: 'password_link', id: made.link.id, name: user.email, status: 'used' };
    const { body } = await staff.get(`${ADMIN}${key.id}/made/`);
    expect((body as { type: string }[]).filter(({ type }) => type === 'password_link')).toEqual([link]);
  });

  it('through a key tells nothing of an organization that forbids such keys; its user is told all the same', async () => {
    await makeAll();
    const through = () => test.api.as({ key: key.key }).get(`${OWN}${key.id}/made/`);
    const all = ['access_key', 'access_key_grant', 'invitation', 'password_link'];
    expect(types(await through())).toEqual(all);
    await test.database.query('UPDATE organizations SET allow_user_wide_keys = false WHERE id = $1', [
      org.id,
    ]);
    expect(types(await through())).toEqual(['password_link']);
    expect(types(await (await as(maker)).get(`${OWN}${key.id}/made/`))).toEqual(all);
  });
});

describe('What was made through a key', () => {
  it('opens nothing while that is suspended, but for a key, and all of it once it is resumed', async () => {
    const made = await makeAll();
    expect((await staff.post(`${ADMIN}${key.id}/suspend/`)).status).toBe(200);
    expect(await use(made)).toEqual(BUT_FOR_THE_KEY);
    expect((await staff.post(`${ADMIN}${key.id}/resume/`)).status).toBe(200);
    expect(await use(made)).toEqual(ALL_WORK);
  });

  it.each([
    ['works on when that expires', undefined, ALL_WORK],
    ['stays shut when that expires suspended, but for a key', 'infinity', BUT_FOR_THE_KEY],
    ['works again when that expired and its suspension is over, too', '3600 s', ALL_WORK],
    ['stays shut until that is over, however long the key is dead', '3660 s', BUT_FOR_THE_KEY],
  ])('%s', async (_what, suspended, expected) => {
    key = await test.make.accessKey(maker, { admin: true, expiresInSeconds: 3600 });
    const made = await makeAll();
    if (suspended) {
      expect((await staff.post(`${ADMIN}${key.id}/suspend/`)).status).toBe(200);
      const until = suspended === 'infinity' ? 'NULL' : `app_now() + interval '${suspended}'`;
      await test.database.query(`UPDATE access_keys SET suspended_until = ${until} WHERE id = $1`, [key.id]);
    }
    await test.database.shiftClock(3630);
    expect(await use(made)).toEqual(expected);
  });

  it.each([
    ['as one that would live too long', 'longest_key_lifetime_days = 1', '0 hours', 404],
    ['as one that was unused for too long', 'longest_unused_days = 1', '24 hours', 404],
    ['by nothing, whatever it was used for last', 'longest_unused_days = 1', '23 hours', 200],
  ])('when that expires blocked %s: %j, used %s before its end', async (_by, policy, unused, expected) => {
    const confined = await test.make.accessKey(maker, { organization: org, expiresInSeconds: 2 * 86_400 });
    const invite = { email: guest.email, role: 'Viewer' };
    const invitation = await test.api.as(confined).post(`/api/orgs/${org.id}/members/`, invite);
    await test.app.get(KeyLastUse, { strict: false }).flush();
    await test.database.query(
      `UPDATE access_keys SET last_used_at = expires_at - interval '${unused}' WHERE id = $1`,
      [confined.id],
    );
    await test.database.query(`UPDATE organizations SET enforce_on_use = true, ${policy} WHERE id = $1`, [
      org.id,
    ]);
    await test.database.shiftClock(7 * 86_400);
    const accept = `/api/auth/invitations/${invitation.body.id as number}/accept/`;
    expect((await (await as(guest)).post(accept)).status).toBe(expected);
  });

  it('ends with that when it is revoked, but for a key; the answer names what ended', async () => {
    const made = await makeAll();
    const { status, body } = await staff.post(`${ADMIN}${key.id}/revoke/`);
    expect([status, byType({ body: body.ended } as Answer)]).toEqual([
      200,
      [
        { type: 'access_key_grant', id: made.grant },
        { type: 'invitation', id: made.invitation },
        { type: 'password_link', id: made.link.id },
      ],
    ]);
    expect(await use(made)).toEqual([200, '409 grant_not_open', 404, 400]);
  });

  it('ends with that, its keys and theirs too, when it is revoked with `include_made`', async () => {
    const made = await makeAll();
    const order = { user: user.id, organization: org.id, access_level: 'full_access', name: 'A full key' };
    const other = await test.api.as({ key: key.key }).post(ADMIN, order);
    const theirs = await test.api.as({ key: other.body.key }).post(`${OWN}current/rotate/`, {});
    expect(theirs.status).toBe(201);
    const { body } = await staff.post(`${ADMIN}${key.id}/revoke/`, { include_made: true });
    expect(byType({ body: body.ended } as Answer)).toEqual([
      { type: 'access_key', id: made.key.id },
      { type: 'access_key', id: other.body.id },
      { type: 'access_key', id: theirs.body.id },
      { type: 'access_key_grant', id: made.grant },
      { type: 'invitation', id: made.invitation },
      { type: 'password_link', id: made.link.id },
    ]);
    expect(await use(made)).toEqual([401, '409 grant_not_open', 404, 400]);
    for (const { body: dead } of [other, theirs])
      expect((await test.api.as({ key: dead.key }).get(`${OWN}current/`)).status).toBe(401);
  });

  it('is shut when a live key is reported as leaked, of which the report tells nothing; staff alone let its keys work again', async () => {
    const made = await makeAll();
    const report = await test.api.post(`${OWN}report-leak/`, { keys: [key.key] });
    expect(report.body).toEqual({ results: [{ index: 0, outcome: 'revoked' }] });
    expect(await use(made)).toEqual([401, '409 grant_not_open', 404, 400]);
    const resume = `${made.key.id}/resume/`;
    expect(await (await as(user)).post(`${OWN}${resume}`)).toMatchObject({
      status: 403,
      body: { code: 'permission_denied' },
    });
    expect((await test.api.as({ key: made.key.key }).get(`${OWN}current/`)).status).toBe(401);
    expect((await staff.post(`${ADMIN}${resume}`)).status).toBe(200);
    expect((await test.api.as({ key: made.key.key }).get(`${OWN}current/`)).status).toBe(200);
  });

  it('is shut when a live key is reported as leaked, with what a key made that it made and that has expired since', async () => {
    const administrator = await test.make.member(org, 'Administrator');
    const soon = await test.database.query<{ at: Date }>(`SELECT app_now() + interval '1 hour' AS at`);
    const { body: theirs } = await test.api.as({ key: key.key }).post(ADMIN, {
      ...{ user: administrator.id, organization: org.id, access_level: 'full_access', name: 'Brief' },
      expires_at: soon[0]?.at.toISOString(),
    });
    const invite = async () => {
      const invited = await test.make.user();
      const { status, body } = await test.api
        .as({ key: theirs.key as string })
        .post(`/api/orgs/${org.id}/members/`, { email: invited.email, role: 'Viewer' });
      expect(status).toBe(201);
      return async () =>
        (await (await as(invited)).post(`/api/auth/invitations/${body.id as number}/accept/`)).status;
    };
    const [acceptBefore, acceptAfter] = [await invite(), await invite()];
    await test.database.shiftClock(3601);
    expect(await acceptBefore()).toBe(200);
    const report = await test.api.post(`${OWN}report-leak/`, { keys: [key.key] });
    expect(report.body).toEqual({ results: [{ index: 0, outcome: 'revoked' }] });
    expect(await acceptAfter()).toBe(404);
  });

  it('is only named to staff when a dead key is reported: its keys work on', async () => {
    const made = await makeAll();
    await staff.post(`${ADMIN}${key.id}/revoke/`);
    const report = await test.api.post(`${OWN}report-leak/`, { keys: [key.key] });
    expect(report.body).toEqual({ results: [{ index: 0, outcome: 'already_revoked' }] });
    expect((await test.api.as({ key: made.key.key }).get(`${OWN}current/`)).status).toBe(200);
    const events = await staff.get(
      `/api/admin/audit-events/?action=access_key.reported_leaked&subject_id=${key.id}`,
    );
    const { details } = events.body.results[0] as { details: { made: string[]; suspended: number[] } };
    expect([details.suspended, details.made.toSorted()]).toEqual([
      [],
      [`access_key:${made.key.id}`, `access_key_grant:${made.grant}`, `password_link:${made.link.id}`],
    ]);
  });

  it.each([
    ['as a member', 'orgs'],
    ['as staff', 'admin/orgs'],
  ])(
    'is an invitation, too, that was raised through it %s: it is named, shut and ended with it',
    async (_as, under) => {
      const owner = await test.make.member(org, 'Owner');
      const path = `/api/${under}/${org.id}/members/`;
      const raised = async () => {
        const invited = await test.make.user();
        const order = { email: invited.email, role: 'Viewer' };
        const { body } = await (await as(owner)).post(`/api/orgs/${org.id}/members/`, order);
        const id = body.id as number;
        const answer = await test.api.as(key).patch(`${path}${id}/`, { role: 'Owner' });
        expect(answer).toMatchObject({ status: 200, body: { status: 'invited', role: { name: 'Owner' } } });
        const accept = async () =>
          (await (await as(invited)).post(`/api/auth/invitations/${id}/accept/`)).status;
        return { id, email: invited.email, accept };
      };
      const [one, another] = [await raised(), await raised()];
      expect((await staff.get(`${ADMIN}${key.id}/made/`)).body).toEqual(
        [one, another].map(({ id, email: name }) => ({ type: 'invitation', id, name, status: 'open' })),
      );
      await staff.post(`${ADMIN}${key.id}/suspend/`);
      expect(await one.accept()).toBe(404);
      await staff.post(`${ADMIN}${key.id}/resume/`);
      expect(await one.accept()).toBe(200);
      await test.api.post(`${OWN}report-leak/`, { keys: [key.key] });
      expect(await another.accept()).toBe(404);
      expect((await (await as(owner)).get(`/api/orgs/${org.id}/members/${another.id}/`)).status).toBe(404);
    },
  );

  it('in an organization opens nothing while that forbids the user-wide key; what staff, or a confined key, made holds', async () => {
    const made = await makeAll();
    const wide = await test.make.accessKey(maker);
    const wish = { organization: org.id, access_level: 'read_only', name: 'Asked', reason: 'R' };
    const request = await (await as(user)).post('/api/auth/access-key-requests/', wish);
    const approval = await test.api
      .as(wide)
      .post(`/api/orgs/${org.id}/access-key-requests/${request.body.id as number}/approve/`);
    expect(approval.status).toBe(200);
    const [another, confined] = [
      await test.make.user(),
      await test.make.accessKey(maker, { organization: org }),
    ];
    const invite = { email: another.email, role: 'Viewer' };
    const invitation = await test.api.as(confined).post(`/api/orgs/${org.id}/members/`, invite);
    const forbid = (forbidden: boolean) =>
      test.database.query('UPDATE organizations SET allow_user_wide_keys = $2 WHERE id = $1', [
        org.id,
        !forbidden,
      ]);
    const redeem = async () =>
      (await as(user)).post(
        `/api/auth/access-key-grants/${approval.body.access_key_grant as number}/redeem/`,
      );

    await forbid(true);
    expect((await (await as(guest)).get('/api/auth/invitations/')).body.count).toBe(0);
    expect(await use(made)).toEqual([200, 201, 404, 204]);
    expect(await redeem()).toMatchObject({ status: 409, body: { code: 'grant_void' } });
    const accept = `/api/auth/invitations/${invitation.body.id as number}/accept/`;
    expect((await (await as(another)).post(accept)).status).toBe(200);

    await forbid(false);
    expect((await redeem()).status).toBe(201);
    const late = `/api/auth/invitations/${made.invitation}/accept/`;
    expect((await (await as(guest)).post(late)).status).toBe(200);
  });

  it.each([
    ['is no staff any more', 'is_staff = false', 'is_staff = true'],
    ['is not active', 'is_active = false', 'is_active = true'],
  ])('a link and a grant open nothing while who made them %s', async (_what, change, back) => {
    const api = await as(maker);
    const order = { user: user.id, organization: org.id, access_level: 'read_only', name: 'G', reason: 'R' };
    const grant = await api.post('/api/admin/access-key-grants/', order);
    const link = await api.post(`/api/admin/users/${user.id}/password-link/`);
    const tried = async () => [
      (await (await as(user)).post(`/api/auth/access-key-grants/${grant.body.id as number}/redeem/`)).status,
      (
        await test.api.post('/api/auth/password/set/', {
          token: link.body.token,
          new_password: 'marmalade kettle one',
        })
      ).status,
    ];
    await test.database.query(`UPDATE users SET ${change} WHERE id = $1`, [maker.id]);
    expect(await tried()).toEqual([409, 400]);
    await test.database.query(`UPDATE users SET ${back} WHERE id = $1`, [maker.id]);
    expect(await tried()).toEqual([201, 204]);
  });
});
