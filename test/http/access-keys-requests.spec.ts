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
let manager: Caller & { memberId: number };

beforeAll(async () => {
  test = await startTestApp();
  staff = await callingStaff(test);
});
beforeEach(async () => {
  org = await test.make.org();
  user = await test.make.member(org, 'Viewer');
  person = test.api.as(await sessionOf(test, user));
  manager = await callingMember(test, org, 'Administrator');
});
afterEach(() => test.database.shiftClock(0));
afterAll(() => test.close());

const OWN = '/api/auth/access-key-requests/';
const ADMIN = '/api/admin/access-key-requests/';
const ofOrg = (): string => `/api/orgs/${org.id}/access-key-requests/`;
const inDays = async (days: number): Promise<string> => {
  const [row] = await test.database.query<{ at: Date }>(
    `SELECT date_trunc('milliseconds', app_now() + make_interval(days => $1)) AS at`,
    [days],
  );
  return row?.at.toISOString() ?? '';
};
const wish = (over: object = {}) => ({
  organization: org.id,
  access_level: 'full_access',
  name: 'Nightly',
  reason: 'The nightly screening needs it.',
  ...over,
});
const ask = async (over?: object, by = person): Promise<{ id: number }> =>
  (await by.post(OWN, wish(over))).body as { id: number };
const approve = ({ id }: { id: number }, body?: object, by = manager.api): Promise<Answer> =>
  by.post(`${ofOrg()}${id}/approve/`, body);
const decline = ({ id }: { id: number }, body: object = { reason: 'No.' }): Promise<Answer> =>
  manager.api.post(`${ofOrg()}${id}/decline/`, body);
const cancel = ({ id }: { id: number }, by = person): Promise<Answer> => by.post(`${OWN}${id}/cancel/`);
const redeem = (grant: unknown, by = person): Promise<Answer> =>
  by.post(`/api/auth/access-key-grants/${String(grant)}/redeem/`);
const written = async (): Promise<unknown[]> => {
  const [row] = await test.database.query<{ decided: number; grants: number; keys: number }>(
    `SELECT (SELECT count(*)::int FROM access_key_requests WHERE organization_id = $1 AND decision IS NOT NULL) AS decided,
       (SELECT count(*)::int FROM access_key_grants WHERE organization_id = $1) AS grants,
       (SELECT count(*)::int FROM access_keys WHERE organization_id = $1) AS keys`,
    [org.id],
  );
  return [row?.decided, row?.grants, row?.keys];
};

describe('asking for a key', () => {
  it('a member asks, a manager approves, and the member alone makes the key and sees it', async () => {
    const expires = await inDays(30);
    const made = await person.post(OWN, wish({ expires_at: expires }));
    expect(made.status).toBe(201);
    expect(made.body).toEqual({
      id: expect.any(Number) as number,
      user: user.id,
      ...wish({ expires_at: expires }),
      allowed_networks: [],
      status: 'open',
      created_at: expect.any(String) as string,
      created_via: expect.stringMatching(/^session:\d+$/) as string,
      lapses_at: expect.any(String) as string,
      decided_at: null,
      decided_by: null,
      decline_reason: null,
      access_key_grant: null,
    });
    expect(Date.parse(made.body.lapses_at as string)).toBeLessThanOrEqual(Date.parse(expires));
    expect(await written()).toEqual([0, 0, 0]);

    const approved = await approve(made.body as { id: number });
    expect(approved).toMatchObject({
      status: 200,
      body: {
        status: 'approved',
        decided_by: manager.id,
        decided_at: expect.any(String) as string,
        access_key_grant: expect.any(Number) as number,
      },
    });
    expect(await written()).toEqual([1, 1, 0]);
    const grants = await person.get('/api/auth/access-key-grants/');
    expect(grants.body.results).toMatchObject([
      { id: approved.body.access_key_grant, status: 'open', created_by: manager.id, name: 'Nightly' },
    ]);

    const redeemed = await redeem(approved.body.access_key_grant);
    expect(redeemed).toMatchObject({
      status: 201,
      body: { user: user.id, organization: org.id, access_level: 'full_access', expires_at: expires },
    });
    const key = test.api.as({ key: redeemed.body.key as string });
    expect((await key.get(`/api/orgs/${org.id}/`)).status).toBe(200);
    expect((await person.get(`${OWN}${made.body.id as number}/`)).body).toEqual(approved.body);
  });

  it('by session and by JWT, but through no key: not even a full one of the same member', async () => {
    const byJwt = await test.api.as(await bearerOf(test, user)).post(OWN, wish());
    expect(byJwt).toMatchObject({
      status: 201,
      body: { created_via: expect.stringMatching(/^jwt:\d+$/) as string },
    });
    const key = test.api.as(await test.make.accessKey(user, { level: 'full_access' }));
    for (const answer of [
      await key.post(OWN, wish()),
      await key.get(OWN),
      await cancel(byJwt.body as { id: number }, key),
    ])
      expect(answer).toMatchObject({ status: 403, body: { code: 'wrong_credential_kind' } });
    expect((await person.get(OWN)).body.count).toBe(1);
  });

  it('without an expiry the key is asked for 90 days, or as many as the policy gives', async () => {
    await test.database.query('UPDATE organizations SET longest_key_lifetime_days = 20 WHERE id = $1', [
      org.id,
    ]);
    const [before, made, after] = [await inDays(20), (await person.post(OWN, wish())).body, await inDays(20)];
    expect([before, made.expires_at, after].toSorted()).toEqual([before, made.expires_at, after]);
    await test.database.query('UPDATE organizations SET longest_key_lifetime_days = 365 WHERE id = $1', [
      org.id,
    ]);
    const [earliest, other, latest] = [
      await inDays(90),
      (await person.post(OWN, wish())).body,
      await inDays(90),
    ];
    expect([earliest, other.expires_at, latest].toSorted()).toEqual([earliest, other.expires_at, latest]);
  });

  it('bad input is told by field, all at once, and writes nothing', async () => {
    const required = ['This field is required.'];
    expect(await person.post(OWN, {})).toMatchObject({
      status: 400,
      body: { organization: required, access_level: required, name: required, reason: required },
    });
    const elsewhere = await test.make.org();
    for (const organization of [elsewhere.id, 999_999]) {
      expect(
        await person.post(OWN, wish({ organization, expires_at: '2001-01-01T00:00:00Z' })),
      ).toMatchObject({
        status: 400,
        body: {
          organization: [`Invalid pk "${organization}" - object does not exist.`],
          expires_at: ['This must be in the future.'],
        },
      });
    }
    await test.database.query('UPDATE organizations SET disabled_at = app_now() WHERE id = $1', [org.id]);
    expect((await person.post(OWN, wish())).status).toBe(400);
    const rows = await test.database.query('SELECT FROM access_key_requests WHERE user_id = $1', [user.id]);
    expect(rows).toEqual([]);
  });

  it('of more requests than may wait, at the same time, exactly 20 are taken', async () => {
    const answers = await Promise.all(Array.from({ length: 24 }, () => person.post(OWN, wish())));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(20);
    const refused = answers.filter(({ status }) => status === 409);
    expect(refused.map(({ body }) => body.code as string)).toEqual(Array(4).fill('too_many_requests_open'));
    const [first] = answers.filter(({ status }) => status === 201);
    await cancel(first?.body as { id: number });
    expect((await person.post(OWN, wish())).status).toBe(201);
    expect((await person.post(OWN, wish())).status).toBe(409);
  });

  it('whoever asked takes it back, once; somebody else finds nothing there', async () => {
    const made = await ask();
    const stranger = test.api.as(await sessionOf(test, await test.make.member(org, 'Owner')));
    const foreign = await cancel(made, stranger);
    expect([foreign.status, foreign.text]).toEqual([404, (await cancel({ id: 999_999 }, stranger)).text]);
    expect((await stranger.get(`${OWN}${made.id}/`)).status).toBe(404);
    expect((await stranger.get(`${OWN}?user=${user.id}`)).body.count).toBe(0);
    expect(await cancel(made)).toMatchObject({
      status: 200,
      body: { status: 'cancelled', decided_by: user.id },
    });
    expect(await cancel(made)).toMatchObject({ status: 409, body: { code: 'request_not_open' } });
    expect(await approve(made)).toMatchObject({ status: 409, body: { code: 'request_not_open' } });
    expect(await written()).toEqual([1, 0, 0]);
  });
});

describe('deciding', () => {
  it('an approval narrows level and expiry, and the key is as narrow', async () => {
    const made = await ask({ expires_at: await inDays(60) });
    const sooner = await inDays(10);
    const approved = await approve(made, { access_level: 'read_only', expires_at: sooner });
    expect(approved.status).toBe(200);
    expect(await redeem(approved.body.access_key_grant)).toMatchObject({
      status: 201,
      body: { access_level: 'read_only', expires_at: sooner },
    });
  });

  it('anything wider is 400 under its field, all at once, for managers and staff; nothing is written', async () => {
    const made = await ask({ access_level: 'read_only', expires_at: await inDays(10) });
    const wider = { access_level: 'full_access', expires_at: await inDays(11) };
    const told = ['An approval can only narrow what was asked for.'];
    const byStaff = await staff.api.post(`${ADMIN}${made.id}/approve/`, wider);
    for (const answer of [await approve(made, wider), byStaff])
      expect(answer).toMatchObject({ status: 400, body: { access_level: told, expires_at: told } });
    for (const [field, value, message] of [
      ['access_level', 'admin', '"admin" is not a valid choice.'],
      ['expires_at', null, 'This field may not be null.'],
      ['expires_at', '2001-01-01T00:00:00Z', 'This must be in the future.'],
      ['expires_at', '2030-01-01', expect.any(String) as string],
    ])
      expect(await approve(made, { [String(field)]: value })).toMatchObject({
        status: 400,
        body: { [String(field)]: [message] },
      });
    expect(await decline(made, {})).toMatchObject({
      status: 400,
      body: { reason: ['This field is required.'] },
    });
    expect(await written()).toEqual([0, 0, 0]);
    expect((await approve(made)).status).toBe(200);
  });

  it('the policy of the organization binds managers, and not staff', async () => {
    await test.database.query('UPDATE organizations SET longest_key_lifetime_days = 30 WHERE id = $1', [
      org.id,
    ]);
    const [first, second] = [
      await ask({ expires_at: await inDays(300) }),
      await ask({ expires_at: await inDays(300) }),
    ];
    const told = { expires_at: ['The policy of this organization allows 30 days at most.'] };
    expect(await approve(first)).toMatchObject({ status: 400, body: told });
    expect((await approve(first, { expires_at: await inDays(29) })).status).toBe(200);
    const byStaff = await staff.api.post(`${ADMIN}${second.id}/approve/`);
    expect(byStaff).toMatchObject({ status: 200, body: { decided_by: staff.id } });
    expect((await redeem(byStaff.body.access_key_grant)).status).toBe(201);
  });

  it('nobody approves their own: no manager, no staff, by no credential; somebody else does', async () => {
    const askingManager = test.api.as(await sessionOf(test, manager));
    const made = await ask({}, askingManager);
    for (const by of [manager.api, askingManager, test.api.as(await bearerOf(test, manager))])
      expect(await approve(made, {}, by)).toMatchObject({ status: 403, body: { code: 'own_request' } });
    await test.make.member(org, 'Owner', staff);
    const ofStaff = await ask({}, staff.api);
    expect(await staff.api.post(`${ADMIN}${ofStaff.id}/approve/`)).toMatchObject({
      status: 403,
      body: { code: 'own_request' },
    });
    expect(await written()).toEqual([0, 0, 0]);
    expect((await approve(ofStaff)).status).toBe(200);
    expect((await staff.api.post(`${ADMIN}${made.id}/approve/`)).status).toBe(200);
  });

  it('declined, whoever asked reads why; it is decided for good', async () => {
    const made = await ask();
    expect(await decline(made, { reason: 'Use the shared key.' })).toMatchObject({
      status: 200,
      body: { status: 'declined', decline_reason: 'Use the shared key.', decided_by: manager.id },
    });
    expect((await person.get(`${OWN}${made.id}/`)).body.decline_reason).toBe('Use the shared key.');
    for (const again of [await approve(made), await decline(made), await cancel(made)])
      expect(again).toMatchObject({ status: 409, body: { code: 'request_not_open' } });
    expect(await written()).toEqual([1, 0, 0]);
  });

  it('takes access_key.manage in that organization: others are refused, a request elsewhere is not there', async () => {
    const made = await ask();
    const viewer = await callingMember(test, org, 'Viewer');
    for (const path of [ofOrg(), `${ofOrg()}${made.id}/`])
      expect((await viewer.api.get(path)).status).toBe(403);
    expect((await approve(made, {}, viewer.api)).status).toBe(403);
    const elsewhere = await test.make.org();
    const foreigner = await callingMember(test, elsewhere, 'Owner');
    expect((await approve(made, {}, foreigner.api)).status).toBe(404);
    const through = `/api/orgs/${elsewhere.id}/access-key-requests/${made.id}/`;
    for (const answer of [
      await foreigner.api.get(through),
      await foreigner.api.post(`${through}approve/`, { access_level: 'nonsense' }),
      await foreigner.api.post(`${through}decline/`, {}),
    ])
      expect(answer).toMatchObject({ status: 404, body: { code: 'not_found' } });
    expect((await manager.api.get(`${ADMIN}${made.id}/`)).status).toBe(404);
    expect(await written()).toEqual([0, 0, 0]);
  });

  it('an undecided request lapses after 30 days, and when its key would be dead on arrival', async () => {
    await test.database.query('UPDATE organizations SET longest_key_lifetime_days = 365 WHERE id = $1', [
      org.id,
    ]);
    const [long, short] = [
      await ask({ expires_at: await inDays(200) }),
      await ask({ expires_at: await inDays(5) }),
    ];
    const key = { level: 'full_access', organization: org } as const;
    await test.database.shiftClock(5 * 86_400 + 60);
    expect(await approve(short)).toMatchObject({ status: 409, body: { code: 'request_not_open' } });
    await test.database.shiftClock(30 * 86_400 - 60);
    expect((await manager.api.get(`${ofOrg()}?status=open`)).body.count).toBe(1);
    await test.database.shiftClock(30 * 86_400 + 60);
    const later = test.api.as(await test.make.accessKey(manager, key));
    expect(await approve(long, {}, later)).toMatchObject({ status: 409, body: { code: 'request_not_open' } });
    expect((await later.get(`${ofOrg()}?status=lapsed`)).body.count).toBe(2);
    expect(await written()).toEqual([0, 0, 1]);
  });

  it('whoever left, was deactivated, or whose organization was disabled has asked for nothing', async () => {
    const made = await ask();
    const void409 = { status: 409, body: { code: 'request_not_open', detail: 'This request is void.' } };
    await test.database.query('DELETE FROM members WHERE id = $1', [user.memberId]);
    expect(await approve(made)).toMatchObject(void409);
    expect((await manager.api.get(`${ofOrg()}${made.id}/`)).body.status).toBe('void');
    await test.make.member(org, 'Viewer', user);
    await test.database.query('UPDATE users SET is_active = false WHERE id = $1', [user.id]);
    expect(await approve(made)).toMatchObject(void409);
    await test.database.query('UPDATE users SET is_active = true WHERE id = $1', [user.id]);
    await test.database.query('UPDATE organizations SET disabled_at = app_now() WHERE id = $1', [org.id]);
    expect(await staff.api.post(`${ADMIN}${made.id}/approve/`)).toMatchObject(void409);
    expect(await written()).toEqual([0, 0, 0]);
  });
});

describe('the networks of a key', () => {
  const networks = (list: unknown) => ({ allowed_networks: list });

  it('are asked for, narrowed by whoever approves, and the key works from there alone', async () => {
    const made = await person.post(OWN, wish(networks(['10.0.0.0/8', '127.0.0.0/8'])));
    expect(made).toMatchObject({ status: 201, body: networks(['10.0.0.0/8', '127.0.0.0/8']) });
    const approved = await approve(made.body as { id: number }, networks(['10.1.0.0/16']));
    expect(approved.status).toBe(200);
    const grants = await person.get('/api/auth/access-key-grants/');
    expect(grants.body.results).toMatchObject([networks(['10.1.0.0/16'])]);
    const redeemed = await redeem(approved.body.access_key_grant);
    expect(redeemed).toMatchObject({ status: 201, body: networks(['10.1.0.0/16']) });
    const key = test.api.as({ key: redeemed.body.key as string });
    expect((await key.get(`/api/orgs/${org.id}/`)).status).toBe(401);
    const asAsked = await approve(
      (await person.post(OWN, wish(networks(['127.0.0.0/8'])))).body as { id: number },
    );
    const second = await redeem(asAsked.body.access_key_grant);
    expect(second.body.allowed_networks).toEqual(['127.0.0.0/8']);
    expect((await test.api.as({ key: second.body.key as string }).get(`/api/orgs/${org.id}/`)).status).toBe(
      200,
    );
  });

  it('are in the audit log where they were asked for and approved, and nowhere else', async () => {
    const told = async (list?: string[]): Promise<unknown[]> => {
      const { id } = await ask(list && networks(list));
      expect((await approve({ id }, list && networks(['10.1.0.0/16']))).status).toBe(200);
      const events = await test.database.query<{ action: string; details: { allowed_networks?: string[] } }>(
        `SELECT action, details FROM audit_events
         WHERE subject_type = 'access_key_request' AND subject_id = $1 ORDER BY id`,
        [id],
      );
      return events.map(({ action, details }) => [
        action,
        'allowed_networks' in details && details.allowed_networks,
      ]);
    };
    expect(await told(['10.0.0.0/8'])).toEqual([
      ['access_key_request.made', ['10.0.0.0/8']],
      ['access_key_request.approved', ['10.1.0.0/16']],
    ]);
    expect(await told()).toEqual([
      ['access_key_request.made', false],
      ['access_key_request.approved', false],
    ]);
  });

  it('can not be widened by an approval, nor left out by it; malformed ones are told one by one', async () => {
    const made = await ask(networks(['10.0.0.0/8']));
    const told = networks(['An approval can only narrow what was asked for.']);
    for (const wider of [['10.0.0.0/7'], ['10.0.0.0/8', '192.0.2.0/24'], []])
      expect(await approve(made, networks(wider))).toMatchObject({ status: 400, body: told });
    expect(await approve(made, networks(['nowhere']))).toMatchObject({
      status: 400,
      body: networks({ 0: [expect.any(String)] }),
    });
    expect((await person.post(OWN, wish(networks(['nowhere'])))).status).toBe(400);
    expect(await written()).toEqual([0, 0, 0]);
    const anywhere = await ask();
    expect((await approve(anywhere, networks(['10.0.0.0/8']))).status).toBe(200);
  });
});

describe('what was approved is judged once more when it is redeemed', () => {
  const void409 = { status: 409, body: { code: 'grant_void' } };

  it('a manager must still be one, active, and keep to the policy', async () => {
    const { body } = await approve(await ask({ expires_at: await inDays(60) }));
    const set = (sql: string, id: number) => test.database.query(sql, [id]);
    const viewer = `(SELECT id FROM roles WHERE organization_id IS NULL AND name = 'Viewer')`;
    const administrator = viewer.replace('Viewer', 'Administrator');
    for (const [break_, mend, id] of [
      [
        `UPDATE members SET role_id = ${viewer} WHERE id = $1`,
        `UPDATE members SET role_id = ${administrator} WHERE id = $1`,
        manager.memberId,
      ],
      [
        'UPDATE users SET is_active = false WHERE id = $1',
        'UPDATE users SET is_active = true WHERE id = $1',
        manager.id,
      ],
      [
        'UPDATE organizations SET longest_key_lifetime_days = 30 WHERE id = $1',
        'UPDATE organizations SET longest_key_lifetime_days = 365 WHERE id = $1',
        org.id,
      ],
    ] as const) {
      await set(break_, id);
      expect(await redeem(body.access_key_grant)).toMatchObject(void409);
      await set(mend, id);
    }
    expect((await redeem(body.access_key_grant)).status).toBe(201);
  });

  it('a manager of one organization is none of another: what staff approved holds as long as they are staff', async () => {
    const colleague = await callingStaff(test);
    const made = await ask();
    const { body } = await colleague.api.post(`${ADMIN}${made.id}/approve/`);
    await test.database.query('UPDATE users SET is_staff = false WHERE id = $1', [colleague.id]);
    await test.make.member(org, 'Owner', colleague);
    expect(await redeem(body.access_key_grant)).toMatchObject(void409);
    await test.database.query('UPDATE users SET is_staff = true WHERE id = $1', [colleague.id]);
    expect((await redeem(body.access_key_grant)).status).toBe(201);
  });

  it('revoking the key through which somebody approved takes the grant back', async () => {
    const through = await test.make.accessKey(manager, { level: 'full_access', organization: org });
    const { body } = await approve(await ask(), {}, test.api.as(through));
    await staff.api.post(`/api/admin/access-keys/${through.id}/revoke/`);
    expect(await redeem(body.access_key_grant)).toMatchObject({
      status: 409,
      body: { code: 'grant_not_open' },
    });
  });
});

describe('at the same time', () => {
  it('of deciders and whoever asked, at two instances, exactly one has the last word, and the row agrees', async () => {
    const other = await test.another();
    try {
      for (let round = 0; round < 5; round += 1) {
        const made = await ask();
        const answers = await Promise.all([
          approve(made),
          approve(made, {}, manager.api.at(other.url)),
          decline(made),
          cancel(made, person.at(other.url)),
          staff.api.at(other.url).post(`${ADMIN}${made.id}/decline/`, { reason: 'No.' }),
        ]);
        const [won, ...more] = answers.filter(({ status }) => status === 200);
        expect(more).toEqual([]);
        expect(answers.filter(({ body }) => body.code === 'request_not_open')).toHaveLength(4);
        const grants = await test.database.query('SELECT FROM access_key_grants WHERE organization_id = $1', [
          org.id,
        ]);
        const approved = await test.database.query(
          `SELECT FROM access_key_requests WHERE organization_id = $1 AND decision = 'approved'`,
          [org.id],
        );
        expect(grants).toHaveLength(approved.length);
        expect((await person.get(`${OWN}${made.id}/`)).body.status).toBe(won?.body.status);
      }
    } finally {
      await other.close();
    }
  });

  it('whoever is removed while something waits for the organization neither asks, approves, nor is granted a key', async () => {
    const made = await ask();
    const removing = async (memberId: number, send: () => Promise<Answer>): Promise<Answer> => {
      const held = await hold(test.database, `SELECT hold_organization(${org.id})`);
      const answer = send();
      await held.waitedFor();
      await held.finish(`DELETE FROM members WHERE id = ${memberId}`);
      return answer;
    };
    const another = await callingMember(test, org, 'Administrator');
    expect(await removing(another.memberId, () => approve(made, {}, another.api))).toMatchObject({
      status: 404,
    });
    expect(await removing(user.memberId, () => person.post(OWN, wish()))).toMatchObject({
      status: 400,
      body: { organization: [expect.any(String)] },
    });
    const { memberId } = await test.make.member(org, 'Viewer', user);
    expect(await removing(memberId, () => approve(made))).toMatchObject({
      status: 409,
      body: { code: 'request_not_open', detail: 'This request is void.' },
    });
    expect(await written()).toEqual([0, 0, 0]);
    expect((await person.get(OWN)).body.count).toBe(1);
  });
});

it('lists filter, search and order by what they name; a bad filter is told by name', async () => {
  const colleague = await callingMember(test, org, 'Analyst');
  const first = await ask({ name: 'Nightly', access_level: 'read_only' });
  const second = await ask({ reason: 'Audit of May' });
  const third = await ask({ name: 'Archive' }, test.api.as(await sessionOf(test, colleague)));
  await decline(first);
  const found = async (query: string, path = ofOrg(), by = manager.api): Promise<number[]> =>
    (await by.get(`${path}?${query}`)).body.results.map(({ id }: { id: number }) => id);
  expect(await found('')).toEqual([third.id, second.id, first.id]);
  expect(await found('ordering=created_at')).toEqual([first.id, second.id, third.id]);
  expect(await found('ordering=name,id')).toEqual([third.id, first.id, second.id]);
  expect(await found('status=declined')).toEqual([first.id]);
  expect(await found('status=open&ordering=id')).toEqual([second.id, third.id]);
  expect(await found('access_level=read_only')).toEqual([first.id]);
  expect(await found(`user=${colleague.id}`)).toEqual([third.id]);
  expect(await found('search=audit+of')).toEqual([second.id]);
  expect(await found(`search=${colleague.email}`)).toEqual([third.id]);
  expect(await found(`organization=${org.id}`, ADMIN, staff.api)).toEqual([third.id, second.id, first.id]);
  expect(await found(`user=${colleague.id}`, OWN, person)).toEqual([]);
  expect(await found('', OWN, person)).toEqual([second.id, first.id]);
  const bad = await manager.api.get(`${ofOrg()}?status=lost&user=x&organization=0&access_level=all`);
  expect({ status: bad.status, fields: Object.keys(bad.body as object).toSorted() }).toEqual({
    status: 400,
    fields: ['access_level', 'organization', 'status', 'user'],
  });
});

it('every step is in the audit log, together with what it made', async () => {
  const [approved, declined, cancelled] = [await ask(), await ask(), await ask()];
  const { body } = await approve(approved);
  await decline(declined, { reason: 'Too wide.' });
  await cancel(cancelled);
  const events = await test.database.query(
    `SELECT action, actor_id, subject_type, subject_id, user_id, details FROM audit_events
     WHERE organization_id = $1 ORDER BY id`,
    [org.id],
  );
  const subject = { subject_type: 'access_key_request', user_id: user.id };
  const made = { ...subject, action: 'access_key_request.made', actor_id: user.id };
  expect(events).toMatchObject([
    { ...made, subject_id: approved.id, details: { reason: 'The nightly screening needs it.' } },
    { ...made, subject_id: declined.id },
    { ...made, subject_id: cancelled.id },
    { action: 'access_key_grant.issued', actor_id: manager.id, details: { access_key_request: approved.id } },
    {
      ...subject,
      action: 'access_key_request.approved',
      actor_id: manager.id,
      subject_id: approved.id,
      details: { access_key_grant: body.access_key_grant, access_level: 'full_access' },
    },
    {
      ...subject,
      action: 'access_key_request.declined',
      actor_id: manager.id,
      subject_id: declined.id,
      details: { reason: 'Too wide.' },
    },
    { ...subject, action: 'access_key_request.cancelled', actor_id: user.id, subject_id: cancelled.id },
  ]);
});
