import { RefusalLog } from '../../src/audit/refusals/refusal-log.js';
import { startTestApp, type TestApp } from '../support/app.js';
import type { Client } from '../support/client.js';
import type { MadeKey, MadeUser } from '../support/factory.js';
import { hold } from '../support/hold.js';
import { from } from '../support/limits.js';
import { bearerOf, sessionOf } from '../support/sign-in.js';

const INSIDE = '192.0.2.7';
const OUTSIDE = '198.51.100.7';

let test: TestApp;
let org: { id: number };
let user: MadeUser;
let owner: Client;
let staff: Client;
beforeAll(async () => {
  test = await startTestApp({ TRUSTED_PROXIES: '127.0.0.1' });
});
beforeEach(async () => {
  org = await test.make.org();
  user = await test.make.member(org, 'Owner');
  owner = from(test, INSIDE).as(await sessionOf(test, user));
  staff = from(test, OUTSIDE).as(await sessionOf(test, await test.make.user({ staff: true })));
});
afterAll(() => test.close());

const set = (allowed_networks: unknown, by: Client = owner) =>
  by.patch(`/api/${by === staff ? 'admin/' : ''}orgs/${org.id}/`, { policy: { allowed_networks } });
const list = async (): Promise<unknown> =>
  (await staff.get(`/api/admin/orgs/${org.id}/`)).body.policy.allowed_networks;
const setKey = ({ id }: { id: number }, allowed_networks: unknown) =>
  staff.patch(`/api/admin/access-keys/${id}/`, { allowed_networks });
const listOf = async ({ id }: { id: number }): Promise<unknown> =>
  (await staff.get(`/api/admin/access-keys/${id}/`)).body.allowed_networks;
const diagnose = async ({ key }: MadeKey, address: string) =>
  (await from(test, address).post('/api/auth/access-keys/diagnose/', { key })).body;

describe('The list of an organization', () => {
  it('is kept in one spelling, each network once, and an empty one lets everybody in', async () => {
    expect(await list()).toEqual([]);
    const sent = [' 192.0.2.0/24', '::ffff:192.0.2.0/120', '2001:DB8:0::/48', '198.51.100.1'];
    const kept = ['192.0.2.0/24', '2001:db8::/48', '198.51.100.1/32'];
    expect(await set(sent)).toMatchObject({ status: 200, body: { policy: { allowed_networks: kept } } });
    expect(await list()).toEqual(kept);
    expect(await set([])).toMatchObject({ status: 200, body: { policy: { allowed_networks: [] } } });
    const events = await owner.get(
      `/api/orgs/${org.id}/audit-events/?action=organization.changed&ordering=id`,
    );
    expect(events.body.results).toMatchObject([
      { details: { allowed_networks: kept } },
      { details: { allowed_networks: [] } },
    ]);
  });

  it.each([
    [null, ['This field may not be null.']],
    ['192.0.2.0/24', ['Expected a list of items but got type "str".']],
    [[7, '192.0.2.0/24', {}], { 0: [expect.any(String)], 2: ['Not a valid string.'] }],
    [['192.0.2.1/24'], { 0: ['This network begins at 192.0.2.0: write 192.0.2.0/24.'] }],
    [['192.0.2.0/24', ''], { 1: [expect.stringContaining('Enter a valid network')] }],
    [
      Array.from({ length: 51 }, (_, n) => `192.0.2.${n}`),
      ['Ensure this field has no more than 50 elements.'],
    ],
  ])('is refused as %j, and nothing is written', async (networks, problem) => {
    const answer = await set(networks);
    expect([answer.status, answer.body]).toEqual([400, { policy: { allowed_networks: problem } }]);
    expect(await list()).toEqual([]);
  });

  it('holds fifty networks', async () => {
    const fifty = Array.from({ length: 50 }, (_, n) => `192.0.2.${n}/32`);
    expect((await set(fifty)).status).toBe(200);
    expect(await list()).toEqual(fifty);
  });

  it.each([
    ['a network that does not hold it', ['198.51.100.0/24']],
    ['the networks of the other family alone', ['::/0']],
  ])(
    'of %s would lock its manager out: 409 and nothing is written; staff may set it',
    async (_what, networks) => {
      const before = (await owner.get(`/api/orgs/${org.id}/`)).body;
      expect(
        await owner.patch(`/api/orgs/${org.id}/`, { name: 'X', policy: { allowed_networks: networks } }),
      ).toMatchObject({
        status: 409,
        body: { code: 'would_lock_out' },
      });
      expect((await owner.get(`/api/orgs/${org.id}/`)).body).toEqual(before);
      expect((await set(networks, staff)).status).toBe(200);
      expect((await owner.get(`/api/orgs/${org.id}/`)).status).toBe(404);
    },
  );

  it('is made wider by whoever set it, and by staff', async () => {
    for (const networks of [['192.0.2.0/28'], ['192.0.2.0/24'], [], ['192.0.2.0/25']]) {
      expect((await set(networks)).status).toBe(200);
      expect(await list()).toEqual(networks);
    }
    expect((await set(['192.0.0.0/16'], staff)).status).toBe(200);
    expect(await list()).toEqual(['192.0.0.0/16']);
  });

  it('that staff set a manager makes narrower alone: what is wider, none or elsewhere is 403 and nothing is written', async () => {
    expect((await set(['192.0.2.0/24', '2001:db8::/48'], staff)).status).toBe(200);
    for (const wider of [[], ['192.0.0.0/16'], ['192.0.2.0/24', '198.51.100.0/24'], ['192.0.2.0/23']]) {
      const refused = await set(wider);
      expect([wider, refused.status, refused.body.code]).toEqual([wider, 403, 'permission_denied']);
    }
    expect(await list()).toEqual(['192.0.2.0/24', '2001:db8::/48']);
    expect((await set(['192.0.2.0/25'])).status).toBe(200);
    // It is staff's list still: even what staff allowed first is wider now.
    expect((await set(['192.0.2.0/24'])).status).toBe(403);
    expect(await list()).toEqual(['192.0.2.0/25']);
    expect((await set([], staff)).status).toBe(200);
    expect((await set(['192.0.2.0/24'])).status).toBe(200);
    expect((await set([])).status).toBe(200);
  });

  it('is only narrowed through a key of a manager, which would come to work from elsewhere', async () => {
    const wide = ['192.0.2.0/24'];
    expect((await set(wide)).status).toBe(200);
    const told = 'Where its user is a member, an organization is opened further by session or JWT alone.';
    for (const key of [
      await test.make.accessKey(user),
      await test.make.accessKey(user, { organization: org }),
    ]) {
      const through = from(test, INSIDE).as(key);
      for (const wider of [[], ['192.0.0.0/16'], [...wide, '198.51.100.0/24']]) {
        const refused = await set(wider, through);
        expect([refused.status, refused.body]).toEqual([403, { detail: told, code: 'permission_denied' }]);
      }
      expect(await list()).toEqual(wide);
      expect((await set(['192.0.2.0/28'], through)).status).toBe(200);
      expect((await set(wide, from(test, INSIDE).as(await bearerOf(test, user)))).status).toBe(200);
    }
  });

  it('hides an invitation from outside, and shows it inside', async () => {
    const guest = await test.make.user();
    await owner.post(`/api/orgs/${org.id}/members/`, { email: guest.email, role: 'Viewer' });
    await set(['192.0.2.0/24']);
    const session = await sessionOf(test, guest);
    const [inside, outside] = [from(test, INSIDE).as(session), from(test, OUTSIDE).as(session)];
    const [invitation] = (await inside.get('/api/auth/invitations/')).body.results;
    expect((await outside.get('/api/auth/invitations/')).body.count).toBe(0);
    const accept = (by: Client) => by.post(`/api/auth/invitations/${invitation.id}/accept/`);
    expect((await accept(outside)).status).toBe(404);
    expect((await accept(inside)).status).toBe(200);
  });

  it('hides from outside what waits in it for a manager, and shows it inside; our staff decide from outside', async () => {
    const member = from(test, INSIDE).as(await sessionOf(test, await test.make.member(org, 'Viewer')));
    const asked = await member.post('/api/auth/access-key-requests/', {
      organization: org.id,
      access_level: 'read_only',
      name: 'Nightly',
      reason: 'For the nightly job',
    });
    const stored = await owner.post(`/api/orgs/${org.id}/api-keys/`, {
      key_type: 'H',
      name: 'Main',
      key: `provider-${org.id}-0123456789`,
    });
    await test.database.query(`UPDATE provider_keys SET health = 'bad_key' WHERE id = $1`, [stored.body.id]);
    await set(['192.0.2.0/24']);
    const waiting = async (by: Client) => {
      const { requests, provider_keys } = (await by.get('/api/auth/attention/')).body as Record<
        string,
        { count: number; results: { id: number }[] }
      >;
      return [requests, provider_keys].map((group) => [group?.count, group?.results.map(({ id }) => id)]);
    };
    const [request, key] = [asked.body.id as number, stored.body.id as number];
    const session = await sessionOf(test, user);
    expect(await waiting(from(test, INSIDE).as(session))).toEqual([
      [1, [request]],
      [1, [key]],
    ]);
    expect(await waiting(from(test, OUTSIDE).as(session))).toEqual([
      [0, []],
      [0, []],
    ]);
    const [ofStaff] = await waiting(staff);
    expect(ofStaff?.[1]).toContain(request);
  });

  it('takes its keys out of what a user-wide key sees from outside, and leaves its user theirs to revoke', async () => {
    const confined = await test.make.accessKey(user, { organization: org });
    const wide = await test.make.accessKey(user);
    await set(['192.0.2.0/24']);
    const seen = async (by: Client): Promise<number[]> =>
      ((await by.get('/api/auth/access-keys/?ordering=id')).body.results as { id: number }[]).map(
        ({ id }) => id,
      );
    expect(await seen(from(test, INSIDE).as(wide))).toEqual([confined.id, wide.id]);
    expect(await seen(from(test, OUTSIDE).as(wide))).toEqual([wide.id]);
    const person = from(test, OUTSIDE).as(await sessionOf(test, user));
    expect((await person.post(`/api/auth/access-keys/${confined.id}/revoke/`, {})).status).toBe(200);
  });
});

describe('The list of a key', () => {
  const order = (over: object) => ({ organization: org.id, access_level: 'read_only', name: 'New', ...over });

  it.each([
    ['staff', () => [staff, '/api/admin/access-keys/', { user: user.id }] as const],
    ['its user', () => [owner, '/api/auth/access-keys/', {}] as const],
  ])('is given by %s at its issue, told in answers and the audit log, and judged (T6)', async (_who, by) => {
    const [api, path, over] = by();
    const bad = await api.post(path, order({ ...over, allowed_networks: ['x'] }));
    expect([bad.status, Object.keys(bad.body)]).toEqual([400, ['allowed_networks']]);
    const issued = await api.post(path, order({ ...over, allowed_networks: ['192.0.2.0/24'] }));
    expect(issued).toMatchObject({ status: 201, body: { allowed_networks: ['192.0.2.0/24'] } });
    const { id, key } = issued.body as unknown as MadeKey;
    const use = (address: string) => from(test, address).as({ key }).get('/api/orgs/');
    expect([(await use(INSIDE)).status, (await use(OUTSIDE)).status]).toEqual([200, 401]);
    const { body } = await staff.get(`/api/admin/audit-events/?action=access_key.issued&subject_id=${id}`);
    expect(body.results[0]).toMatchObject({ details: { allowed_networks: ['192.0.2.0/24'] } });
  });

  it('refuses like anything else; diagnose and the audit log alone name the reason, whose list it was', async () => {
    const key = await test.make.accessKey(user, { organization: org });
    const used = () => test.database.query('SELECT last_used_at FROM access_keys WHERE id = $1', [key.id]);
    await setKey(key, ['192.0.2.0/24']);
    const refused = await from(test, OUTSIDE).as(key).get('/api/orgs/');
    expect([refused.status, refused.body]).toEqual([
      401,
      { detail: 'Invalid API key.', code: 'authentication_failed' },
    ]);
    expect(await diagnose(key, OUTSIDE)).toMatchObject({ status: 'address_not_allowed', organizations: [] });
    expect(await diagnose(key, INSIDE)).toMatchObject({
      status: 'active',
      organizations: [{ id: org.id }],
    });
    await setKey(key, []);
    await set(['192.0.2.0/24']);
    expect((await from(test, OUTSIDE).as(key).get('/api/orgs/')).status).toBe(401);
    expect(await diagnose(key, OUTSIDE)).toMatchObject({
      status: 'organization_address_not_allowed',
      organizations: [],
    });
    const wide = await test.make.accessKey(user);
    expect(await diagnose(wide, OUTSIDE)).toMatchObject({ status: 'active', organizations: [] });
    await test.app.get(RefusalLog).settled();
    const events = await test.database.query(
      `SELECT details->>'reason' AS reason, ip FROM audit_events WHERE action = 'access_key.refused' AND subject_id = $1 ORDER BY id`,
      [key.id],
    );
    expect(events).toEqual([
      { reason: 'address_not_allowed', ip: OUTSIDE },
      { reason: 'organization_address_not_allowed', ip: OUTSIDE },
    ]);
    expect(await used()).toEqual([{ last_used_at: null }]);
  });

  it('of an admin key, or of another key of staff, is only narrowed through a key, its own or another; a session widens it', async () => {
    const employee = await test.make.user({ staff: true });
    const admin = await test.make.accessKey(employee, { admin: true });
    const plain = await test.make.accessKey(employee);
    const others = await test.make.accessKey(user);
    const through = from(test, INSIDE).as({ key: admin.key });
    const patch = ({ id }: { id: number }, allowed_networks: string[]) =>
      through.patch(`/api/admin/access-keys/${id}/`, { allowed_networks });
    const told = 'Through a key, the networks of a key of staff can only be narrowed.';
    for (const key of [admin, plain, others]) expect((await setKey(key, ['192.0.2.0/24'])).status).toBe(200);
    for (const key of [admin, plain])
      for (const wider of [[], ['0.0.0.0/0'], ['192.0.2.0/24', '198.51.100.0/24']]) {
        const refused = await patch(key, wider);
        expect([wider, refused.status, refused.body.detail]).toEqual([wider, 403, told]);
        expect(await listOf(key)).toEqual(['192.0.2.0/24']);
      }
    for (const key of [admin, plain]) expect((await patch(key, ['192.0.2.0/28'])).status).toBe(200);
    expect((await patch(others, ['198.51.100.0/24'])).status).toBe(200);
    expect((await setKey(admin, [])).status).toBe(200);
  });

  it('that shuts out the very address it is set from is taken, and holds from the next request on', async () => {
    const admin = await test.make.accessKey(await test.make.user({ staff: true }), { admin: true });
    const through = from(test, INSIDE).as({ key: admin.key });
    const narrow = { allowed_networks: ['203.0.113.0/24'] };
    expect((await through.patch(`/api/admin/access-keys/${admin.id}/`, narrow)).status).toBe(200);
    expect((await through.get('/api/orgs/')).status).toBe(401);
  });

  it('keeps a successor from being confirmed by a use from elsewhere', async () => {
    const key = await test.make.accessKey(user, { organization: org });
    await setKey(key, ['192.0.2.0/24']);
    const rotated = await staff.post(`/api/admin/access-keys/${key.id}/rotate/`, { grace_seconds: 0 });
    const successor = { key: rotated.body.key as string };
    expect((await from(test, OUTSIDE).as(successor).get('/api/orgs/')).status).toBe(401);
    expect((await from(test, INSIDE).as(key).get('/api/orgs/')).status).toBe(200);
    expect((await from(test, INSIDE).as(successor).get('/api/orgs/')).status).toBe(200);
    expect((await from(test, INSIDE).as(key).get('/api/orgs/')).status).toBe(401);
  });

  it('is inherited by every successor, whoever rotates, and no rotation lifts it', async () => {
    const networks = ['192.0.2.0/24', '2001:db8::/48'];
    const [byStaff, byUser, byItself] = [
      await test.make.accessKey(user, { organization: org, expiresInSeconds: 86_400 }),
      await test.make.accessKey(user, { organization: org, expiresInSeconds: 86_400 }),
      await test.make.accessKey(user, { organization: org, expiresInSeconds: 86_400 }),
    ];
    for (const key of [byStaff, byUser, byItself]) await setKey(key, networks);
    const lifting = { allowed_networks: [] };
    const answers = [
      await staff.post(`/api/admin/access-keys/${byStaff.id}/rotate/`, lifting),
      await owner.post(`/api/auth/access-keys/${byUser.id}/rotate/`, lifting),
      await from(test, INSIDE).as(byItself).post('/api/auth/access-keys/current/rotate/', lifting),
    ];
    expect(answers.map(({ status, body }) => [status, body.allowed_networks])).toEqual(
      Array(3).fill([201, networks]),
    );
  });

  it('that staff change changes for its unused successor as well; what that was given less of stays less', async () => {
    const key = await test.make.accessKey(user, { organization: org });
    await setKey(key, ['192.0.2.0/24', '198.51.100.0/24']);
    const successor = (await staff.post(`/api/admin/access-keys/${key.id}/rotate/`, {})).body as {
      id: number;
    };
    await setKey(key, ['192.0.0.0/16']);
    expect(await listOf(successor)).toEqual(['192.0.0.0/16']);
    await setKey(successor, ['192.0.2.0/25']);
    await setKey(key, ['203.0.113.0/24']);
    expect(await listOf(successor)).toEqual(['192.0.2.0/25']);
    await setKey(key, ['192.0.2.0/26']);
    expect(await listOf(successor)).toEqual(['192.0.2.0/26']);
    await setKey(key, []);
    expect(await listOf(successor)).toEqual([]);
    await setKey(key, ['192.0.2.0/24']);
    expect(await listOf(successor)).toEqual(['192.0.2.0/24']);
  });

  it('stays as it is when something else of the key changes, and a used successor is a key of its own', async () => {
    const key = await test.make.accessKey(user, { organization: org });
    expect((await setKey(key, ['192.0.2.0/24'])).body).toMatchObject({ allowed_networks: ['192.0.2.0/24'] });
    const renamed = await staff.patch(`/api/admin/access-keys/${key.id}/`, { name: 'Other' });
    expect(renamed.body).toMatchObject({ name: 'Other', allowed_networks: ['192.0.2.0/24'] });
    const successor = (await staff.post(`/api/admin/access-keys/${key.id}/rotate/`, {}))
      .body as unknown as MadeKey;
    await setKey(successor, ['192.0.0.0/16']);
    await staff.patch(`/api/admin/access-keys/${key.id}/`, { name: 'Another' });
    expect(await listOf(successor)).toEqual(['192.0.0.0/16']);
    await from(test, '192.0.77.7').as(successor).get('/api/orgs/');
    await setKey(key, ['198.51.100.0/24']);
    expect(await listOf(successor)).toEqual(['192.0.0.0/16']);
  });

  it('is not told a manager of a user-wide key, whose user works for others too', async () => {
    const [confined, wide] = [
      await test.make.accessKey(user, { organization: org }),
      await test.make.accessKey(user),
    ];
    for (const key of [confined, wide]) await setKey(key, ['192.0.2.0/24']);
    const told = async ({ id }: MadeKey) =>
      (await owner.get(`/api/orgs/${org.id}/access-keys/${id}/`)).body.allowed_networks;
    expect([await told(confined), await told(wide)]).toEqual([['192.0.2.0/24'], null]);
  });
});

describe('A write that waits while a rule is set is judged by it, and writes nothing', () => {
  it.each([
    [
      'a list of the organization',
      'a user-wide key',
      `organizations SET allowed_networks = '{192.0.2.0/24}'`,
      404,
    ],
    [
      'a list of the organization',
      'a confined key',
      `organizations SET allowed_networks = '{192.0.2.0/24}'`,
      401,
    ],
    ['a list of the key', 'a user-wide key', `access_keys SET allowed_networks = '{192.0.2.0/24}'`, 401],
    ['a list of the key', 'a confined key', `access_keys SET allowed_networks = '{192.0.2.0/24}'`, 401],
    ['a policy that blocks', 'a confined key', 'organizations SET enforce_on_use = true', 401],
    ['a policy that blocks', 'a user-wide key', 'organizations SET enforce_on_use = true', 201],
  ])('%s, by %s', async (_rule, which, change, status) => {
    const key = await test.make.accessKey(user, which === 'a confined key' ? { organization: org } : {});
    const id = change.startsWith('access_keys') ? key.id : org.id;
    const held = await hold(test.database, `UPDATE ${change} WHERE id = ${id}`);
    const invited = from(test, OUTSIDE)
      .as(key)
      .post(`/api/orgs/${org.id}/members/`, { email: 'late@example.com', role: 'Viewer' });
    await held.waitedFor();
    await held.finish();
    expect((await invited).status).toBe(status);
    const written = await test.database.query(
      `SELECT FROM members WHERE organization_id = $1 AND status = 'invited'`,
      [org.id],
    );
    expect(written).toHaveLength(status === 201 ? 1 : 0);
  });
});
