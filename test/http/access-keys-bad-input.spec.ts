import { startTestApp, type TestApp } from '../support/app.js';
import { type Caller, callingStaff } from '../support/callers.js';
import type { Client } from '../support/client.js';
import type { MadeKey, MadeUser } from '../support/factory.js';
import { sessionOf } from '../support/sign-in.js';

const ADMIN = '/api/admin/access-keys/';
const GRANTS = '/api/admin/access-key-grants/';
const OWN = '/api/auth/access-keys/';
const REQUESTS = '/api/auth/access-key-requests/';

let test: TestApp;
let staff: Caller;
let org: { id: number };
let elsewhere: { id: number };
let user: MadeUser;
let stranger: MadeUser;
let inactive: MadeUser;
let person: Client;
let key: MadeKey;
let callers: { staff: Client; person: Client };

beforeAll(async () => {
  test = await startTestApp();
  staff = await callingStaff(test);
  [org, elsewhere] = [await test.make.org(), await test.make.org()];
  user = await test.make.member(org, 'Administrator');
  stranger = await test.make.member(elsewhere, 'Owner');
  inactive = await test.make.member(org, 'Viewer', await test.make.user({ active: false }));
  person = test.api.as(await sessionOf(test, user));
  key = await test.make.accessKey(user, { level: 'read_only', organization: org, expiresInSeconds: 86_400 });
  callers = { staff: staff.api, person };
});
afterAll(() => test.close());

/** Everything that an act on keys could write, as text. */
async function written(): Promise<string> {
  const rows = await test.database.query<{ all: string }>(
    `SELECT concat_ws('|',
       (SELECT string_agg((to_jsonb(k) - '{last_used_at,last_used_ip,last_used_user_agent}'::text[])::text, ',' ORDER BY id)
        FROM access_keys k),
       (SELECT string_agg(g::text, ',' ORDER BY id) FROM access_key_grants g),
       (SELECT count(*) FROM audit_events)) AS all`,
  );
  return rows[0]?.all ?? '';
}

const REQUIRED = ['This field is required.'];
const AHEAD = ['This must be in the future.'];
const ZONE = ['Datetime must name a time zone, like 2030-01-31T12:00:00Z.'];
const FORMAT = [
  'Datetime has wrong format. Use one of these formats instead: YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z].',
];
const YEARS = ['Datetime must lie between the years 1970 and 9998.'];
const LEVEL = ['"admin" is not a valid choice.'];
const UNKNOWN = ['Invalid pk "999999" - object does not exist.'];
const unknown = (id: number) => [`Invalid pk "${id}" - object does not exist.`];
const BLANK = ['This field may not be blank.'];
const INACTIVE = ['The user is not active.'];
const GRACE = ['Ensure this value is greater than or equal to 0.'];
const OUTSIDE = ['The user is not a member of this organization.'];

/** What no date may be, wherever one is taken: field and path are told by the table below. */
const BAD_DATES: [unknown, string[]][] = [
  ['2001-01-01T00:00:00Z', AHEAD],
  ['2090-01-01T00:00:00', ZONE],
  ['2090-01-01 00:00', ZONE],
  ['2090-01-01', FORMAT],
  ['9999-12-31T23:59:59Z', YEARS],
  ['1969-12-31T23:59:59Z', YEARS],
  ['2090-02-30T00:00:00Z', FORMAT],
  ['2090-01-01T24:00:00Z', FORMAT],
  ['2090-01-01T23:59:60Z', FORMAT],
  ['2090-01-01T00:00:00+24:00', FORMAT],
  ['infinity', FORMAT],
  ['', FORMAT],
  [4_102_444_800, FORMAT],
];

const order = () => ({ user: user.id, organization: org.id, access_level: 'read_only', name: 'x' });
const grantOrder = () => ({ ...order(), reason: 'x' });
const ownOrder = () => ({ organization: org.id, access_level: 'read_only', name: 'x' });

/** By whom, how, where, with which good body. */
const ACTS: Record<string, [by: 'staff' | 'person', 'post' | 'patch', () => string, () => object]> = {
  'staff issue': ['staff', 'post', () => ADMIN, order],
  'staff edit': ['staff', 'patch', () => `${ADMIN}${key.id}/`, () => ({})],
  'staff suspend': ['staff', 'post', () => `${ADMIN}${key.id}/suspend/`, () => ({})],
  'staff rotate': ['staff', 'post', () => `${ADMIN}${key.id}/rotate/`, () => ({})],
  'staff grant': ['staff', 'post', () => GRANTS, grantOrder],
  'a user issues': ['person', 'post', () => OWN, ownOrder],
  'a user asks': ['person', 'post', () => REQUESTS, () => ({ ...ownOrder(), reason: 'x' })],
  'a user suspends': ['person', 'post', () => `${OWN}${key.id}/suspend/`, () => ({})],
  'a user rotates': ['person', 'post', () => `${OWN}${key.id}/rotate/`, () => ({})],
};

async function expectRefused(act: string, over: object, errors: object): Promise<void> {
  const [by, method, path, body] = ACTS[act] ?? [];
  if (!by || !method || !path || !body) throw new Error(`No such act: ${act}`);
  const before = await written();
  const answer = await callers[by][method](path(), { ...body(), ...over });
  expect({ status: answer.status, body: answer.body }).toEqual({ status: 400, body: errors });
  expect(await written()).toBe(before);
}

describe('bad input is told by field, and nothing is written, not even to the audit log (A13, A22)', () => {
  const dates = [
    ['staff issue', 'expires_at'],
    ['staff edit', 'expires_at'],
    ['staff suspend', 'until'],
    ['staff rotate', 'expires_at'],
    ['staff grant', 'expires_at'],
    ['staff grant', 'key_expires_at'],
    ['a user issues', 'expires_at'],
    ['a user suspends', 'until'],
    ['a user rotates', 'expires_at'],
  ] as const;

  it.each(dates)('%s: past, naive, absurd and impossible dates in %s', async (act, field) => {
    for (const [value, problem] of BAD_DATES)
      await expectRefused(act, { [field]: value }, { [field]: problem });
  });

  it.each(['staff issue', 'staff edit', 'staff grant', 'a user issues'])('%s: wrong levels', async (act) => {
    await expectRefused(act, { access_level: 'admin' }, { access_level: LEVEL });
    await expectRefused(act, { access_level: null }, { access_level: ['This field may not be null.'] });
  });

  it.each(['staff issue', 'staff grant'])('%s: for whom there is no key to be made', async (act) => {
    await expectRefused(act, { user: 999_999 }, { user: UNKNOWN });
    await expectRefused(
      act,
      { user: 2_147_483_648 },
      {
        user: ['Invalid pk "2147483648" - object does not exist.'],
      },
    );
    const beyond = ['Invalid pk "99999999999999999999" - object does not exist.'];
    await expectRefused(act, { user: '99999999999999999999' }, { user: beyond });
    await expectRefused(act, { user: 'you' }, { user: ['Incorrect type. Expected pk value, received str.'] });
    await expectRefused(act, { user: inactive.id }, { user: ['The user is not active.'] });
    await expectRefused(act, { user: stranger.id }, { organization: OUTSIDE });
    await expectRefused(act, { organization: elsewhere.id }, { organization: OUTSIDE });
    await expectRefused(act, { organization: 999_999 }, { organization: UNKNOWN });
  });

  it('a user issues: in an organization of others as in one that is not there', async () => {
    for (const { id } of [elsewhere, { id: 999_999 }]) {
      const problem = [`Invalid pk "${id}" - object does not exist.`];
      await expectRefused('a user issues', { organization: id }, { organization: problem });
    }
    await expectRefused(
      'a user issues',
      { organization: null },
      { organization: ['This field may not be null.'] },
    );
  });

  it('all fields at once', async () => {
    const nothing = { user: undefined, organization: undefined, access_level: undefined, name: undefined };
    const required = { access_level: REQUIRED, name: REQUIRED };
    await expectRefused('staff issue', nothing, { user: REQUIRED, ...required });
    await expectRefused('a user issues', nothing, { organization: REQUIRED, ...required });
    await expectRefused(
      'staff grant',
      { ...nothing, reason: undefined },
      { user: REQUIRED, organization: REQUIRED, reason: REQUIRED, ...required },
    );
    const past = '2001-01-01T00:00:00Z';
    await expectRefused(
      'staff grant',
      { user: 999_999, organization: 999_998, expires_at: past, key_expires_at: past },
      {
        user: UNKNOWN,
        organization: ['Invalid pk "999998" - object does not exist.'],
        expires_at: AHEAD,
        key_expires_at: AHEAD,
      },
    );
  });

  const past = '2001-01-01T00:00:00Z';
  it.each<[string, () => object, () => object]>([
    [
      'staff issue',
      () => ({ user: 999_999, organization: 999_998, access_level: 'admin', name: '', expires_at: past }),
      () => ({ user: UNKNOWN, organization: unknown(999_998), name: BLANK }),
    ],
    ['staff issue', () => ({ user: inactive.id, access_level: 'admin' }), () => ({ user: INACTIVE })],
    ['staff edit', () => ({ access_level: 'admin', expires_at: past }), () => ({})],
    ['staff rotate', () => ({ grace_seconds: -1, expires_at: past }), () => ({ grace_seconds: GRACE })],
    [
      'staff grant',
      () => ({ user: 999_999, organization: 999_998, access_level: 'admin', expires_at: past }),
      () => ({ user: UNKNOWN, organization: unknown(999_998) }),
    ],
    [
      'staff grant',
      () => ({ access_level: 'admin', expires_at: past, key_expires_at: past }),
      () => ({ key_expires_at: AHEAD }),
    ],
    [
      'a user issues',
      () => ({ organization: elsewhere.id, access_level: 'admin', expires_at: past }),
      () => ({ organization: unknown(elsewhere.id) }),
    ],
    [
      'a user asks',
      () => ({ organization: elsewhere.id, access_level: 'admin', reason: '', expires_at: past }),
      () => ({ organization: unknown(elsewhere.id), reason: BLANK }),
    ],
    ['a user rotates', () => ({ grace_seconds: -1, expires_at: past }), () => ({ grace_seconds: GRACE })],
  ])(
    '%s: what is past, and what there is not, is told beside what has no form',
    async (act, over, errors) => {
      const sent = over();
      const known = {
        ...('access_level' in sent && { access_level: LEVEL }),
        ...('expires_at' in sent && { expires_at: AHEAD }),
      };
      await expectRefused(act, sent, { ...known, ...errors() });
    },
  );

  it('what is good is not told beside what has no form', async () => {
    await expectRefused(
      'staff issue',
      { access_level: 'admin', expires_at: '2090-01-01T00:00:00Z' },
      { access_level: LEVEL },
    );
    await expectRefused('a user issues', { access_level: 'admin' }, { access_level: LEVEL });
    await expectRefused('a user asks', { expires_at: null, access_level: 'admin' }, { access_level: LEVEL });
  });

  it.each(['staff rotate', 'a user rotates'])('%s: a grace that is none', async (act) => {
    for (const [value, problem] of [
      [-1, 'Ensure this value is greater than or equal to 0.'],
      [2_592_001, 'Ensure this value is less than or equal to 2592000.'],
      [1.5, 'A valid integer is required.'],
      ['soon', 'A valid integer is required.'],
    ])
      await expectRefused(act, { grace_seconds: value }, { grace_seconds: [problem] });
  });

  it('staff edit: nothing is widened', async () => {
    await expectRefused(
      'staff edit',
      { access_level: 'full_access', expires_at: '2090-01-01T00:00:00Z' },
      {
        access_level: ['The level of a key can only be narrowed.'],
        expires_at: ['The expiry of a key can only be brought forward.'],
      },
    );
    await expectRefused('staff edit', { expires_at: null }, { expires_at: [expect.any(String)] });
  });

  it("somebody else's key and one that is not there are the same 404, before the body is looked at", async () => {
    const theirs = await test.make.accessKey(stranger, { organization: elsewhere });
    const before = await written();
    const bad = { reason: 5, until: 5, grace_seconds: 'x', expires_at: 5 };
    const paths = (id: number) => [
      ...['revoke', 'suspend', 'resume', 'rotate'].map((act) => `${OWN}${id}/${act}/`),
      `/api/auth/access-key-grants/${id}/redeem/`,
      `/api/orgs/${org.id}/access-keys/${id}/revoke/`,
    ];
    const answers = [...paths(theirs.id), ...paths(999_999)].map((path) => person.post(path, bad));
    const seen = new Set((await Promise.all(answers)).map(({ status, text }) => `${status} ${text}`));
    expect([...seen]).toEqual([expect.stringMatching(/^404 /)]);
    expect(await written()).toBe(before);
  });
});

describe('what a body says by itself is judged before the state of what it is about (§1, order)', () => {
  const past = '2001-01-01T00:00:00Z';
  /** A key in each state that refuses the act, which a good body meets. */
  const states: Record<string, { is: string; code: Record<string, string> }> = {
    revoked: {
      is: `revoked_at = app_now()`,
      code: { suspend: 'key_not_live', rotate: 'key_not_live', edit: 'key_revoked' },
    },
    suspended: { is: `suspended_at = app_now(), suspended_as = 'user'`, code: { rotate: 'key_suspended' } },
    expired: { is: 'expires_at = app_now()', code: { suspend: 'key_not_live', rotate: 'key_not_live' } },
  };
  const cases = Object.entries(states).flatMap(([state, { is, code }]) =>
    Object.entries(code).map(([act, refusal]) => [act, state, is, refusal] as const),
  );

  it.each(cases)('%s of a key that is %s', async (act, _state, is, code) => {
    const { id } = await test.make.accessKey(user, { organization: org, expiresInSeconds: 86_400 });
    await test.database.query(`UPDATE access_keys SET ${is} WHERE id = $1`, [id]);
    const field = act === 'suspend' ? 'until' : 'expires_at';
    const send = (body: object) =>
      act === 'edit'
        ? staff.api.patch(`${ADMIN}${id}/`, body)
        : staff.api.post(`${ADMIN}${id}/${act}/`, body);
    const before = await written();
    const bad = await send({ [field]: past });
    expect([bad.status, bad.body]).toEqual([400, { [field]: AHEAD }]);
    const good = await send({});
    expect([good.status, good.body.code]).toEqual([409, code]);
    expect(await written()).toBe(before);
  });

  it('approval of a request that is decided', async () => {
    const member = test.api.as(await sessionOf(test, await test.make.member(org, 'Viewer')));
    const asked = await member.post(REQUESTS, { ...ownOrder(), reason: 'x' });
    expect(asked.status).toBe(201);
    const path = `/api/orgs/${org.id}/access-key-requests/${asked.body.id}/`;
    expect((await person.post(`${path}decline/`, { reason: 'x' })).status).toBe(200);
    const before = await written();
    const bad = await person.post(`${path}approve/`, { expires_at: past });
    expect([bad.status, bad.body]).toEqual([400, { expires_at: AHEAD }]);
    const good = await person.post(`${path}approve/`, {});
    expect([good.status, good.body.code]).toEqual([409, 'request_not_open']);
    expect(await written()).toBe(before);
  });
});
