import { startTestApp, type TestApp } from '../support/app.js';
import { type Caller, caller, callingMember, callingStaff } from '../support/callers.js';
import { bearerOf, sessionOf } from '../support/sign-in.js';

let test: TestApp;
let staff: Caller;
beforeAll(async () => {
  test = await startTestApp();
  staff = await callingStaff(test);
});
afterAll(() => test.close());

const PATH = '/api/admin/orgs/';

describe('staff paths are there for staff alone (G4)', () => {
  const routes = (org: number, user: number) =>
    [
      ['GET', PATH],
      ['POST', PATH],
      ['GET', `${PATH}${org}/`],
      ['PATCH', `${PATH}${org}/`],
      ['GET', `${PATH}${org}/members/`],
      ['POST', `${PATH}${org}/members/`],
      ['PATCH', `${PATH}${org}/members/1/`],
      ['DELETE', `${PATH}${org}/members/1/`],
      ['GET', '/api/admin/users/'],
      ['POST', '/api/admin/users/'],
      ['GET', `/api/admin/users/${user}/`],
      ['PATCH', `/api/admin/users/${user}/`],
      ['POST', `/api/admin/users/${user}/deactivate/`],
      ['POST', `/api/admin/users/${user}/activate/`],
    ] as const;
  const bodyOf = (method: string) => (['GET', 'DELETE'].includes(method) ? undefined : {});

  it('404 for an Owner, and for staff through a key that was not issued for it or is confined', async () => {
    const org = await test.make.org();
    const owner = await callingMember(test, org, 'Owner');
    const staffKey = await caller(test, await test.make.user({ staff: true }));
    const ownersAdminKey = await test.make.accessKey(owner, { admin: true });
    const member = await test.make.member(org, 'Owner', await test.make.user({ staff: true }));
    const confined = await test.make.accessKey(member, { admin: true, organization: org });
    const clients = [owner.api, staffKey.api, test.api.as(ownersAdminKey), test.api.as(confined)];
    for (const [method, path] of routes(org.id, owner.id)) {
      for (const api of clients) {
        const { status, text } = await api.send(method, path, bodyOf(method));
        expect({ method, path, status, text }).toEqual({
          method,
          path,
          status: 404,
          text: '{"detail":"Not found.","code":"not_found"}',
        });
      }
    }
  });

  it('a read-only admin key reads, and writes nothing', async () => {
    const org = await test.make.org();
    const user = await test.make.user({ staff: true });
    const { key } = await test.make.accessKey(user, { admin: true, level: 'read_only' });
    for (const [method, path] of routes(org.id, user.id)) {
      const answer = await test.api.as({ key }).send(method, path, bodyOf(method));
      if (method === 'GET') expect(answer.status).toBe(200);
      else expect(answer).toMatchObject({ status: 403, body: { code: 'read_only_key' } });
    }
  });

  it('ends at once, for session, token and admin key, with is_staff (G5)', async () => {
    const user = await test.make.user({ staff: true });
    const { key } = await test.make.accessKey(user, { admin: true });
    const clients = [
      test.api.as({ key }),
      test.api.as(await bearerOf(test, user)),
      test.api.as(await sessionOf(test, user)),
    ];
    const statuses = () => Promise.all(clients.map(async (api) => (await api.get(PATH)).status));
    expect(await statuses()).toEqual([200, 200, 200]);
    await test.database.query(`UPDATE users SET is_staff = false WHERE id = ${user.id}`);
    expect(await statuses()).toEqual([404, 404, 404]);
  });

  it('is_staff opens no organization: staff who are not members get 404 there', async () => {
    const org = await test.make.org();
    expect((await staff.api.get(`/api/orgs/${org.id}/`)).status).toBe(404);
  });
});

describe('/api/admin/orgs/', () => {
  it('makes, shows, renames, and changes the policy of an organization', async () => {
    const created = await staff.api.post(PATH, { name: ' Acme ' });
    expect(created).toMatchObject({
      status: 201,
      body: {
        name: 'Acme',
        policy: {
          self_serve_keys: true,
          longest_key_lifetime_days: 365,
          allow_user_wide_keys: true,
          enforce_on_use: false,
          longest_unused_days: null,
          issuing_stopped: false,
          allowed_networks: [],
        },
        disabled: false,
        disabled_at: null,
      },
    });
    const path = `${PATH}${created.body.id}/`;
    expect((await staff.api.get(path)).text).toBe(created.text);
    const changed = await staff.api.patch(path, { name: 'Acme 2', policy: { allow_user_wide_keys: false } });
    expect(changed).toMatchObject({
      status: 200,
      body: { name: 'Acme 2', policy: { self_serve_keys: true, allow_user_wide_keys: false } },
    });
    expect((await staff.api.with({ 'if-match': '"1"' }).patch(path, { name: 'Acme 3' })).status).toBe(409);
    const actions = await test.database.query(
      `SELECT action, actor_id FROM audit_events WHERE organization_id = $1 ORDER BY id`,
      [created.body.id],
    );
    expect(actions).toEqual([
      { action: 'organization.created', actor_id: staff.id },
      { action: 'organization.changed', actor_id: staff.id },
    ]);
  });

  it('a disabled organization is 404 for its members until it is enabled again', async () => {
    const org = await test.make.org();
    const { api } = await callingMember(test, org, 'Owner');
    const disabled = await staff.api.patch(`${PATH}${org.id}/`, { disabled: true });
    expect(disabled).toMatchObject({ status: 200, body: { disabled: true } });
    expect((await api.get(`/api/orgs/${org.id}/`)).status).toBe(404);
    expect((await api.get('/api/orgs/')).body).toEqual([]);
    const again = await staff.api.patch(`${PATH}${org.id}/`, { disabled: true });
    expect(again.body.disabled_at).toBe(disabled.body.disabled_at);
    expect((await staff.api.get(`${PATH}?disabled=true`)).body.results).toEqual([again.body]);
    await staff.api.patch(`${PATH}${org.id}/`, { disabled: false });
    expect((await api.get(`/api/orgs/${org.id}/`)).status).toBe(200);
  });

  it('lists with search and order; 404 for what is not there comes before 400', async () => {
    const { id } = await test.make.org({ name: 'Zebra Bank' });
    const names = async (ordering: string): Promise<string[]> =>
      (await staff.api.get(`${PATH}?search=zebra&ordering=${ordering}`)).body.results.map(
        ({ name }: { name: string }) => name,
      );
    for (const name of ['Zebra Trust', 'A Zebra', 'Tiger']) await test.make.org({ name });
    expect(await names('name')).toEqual(['A Zebra', 'Zebra Bank', 'Zebra Trust']);
    expect(await names('-name')).toEqual(['Zebra Trust', 'Zebra Bank', 'A Zebra']);
    expect((await staff.api.patch(`${PATH}999999/`, { name: 3 })).status).toBe(404);
    expect((await staff.api.get(`${PATH}999999/`)).status).toBe(404);
    expect((await staff.api.patch(`${PATH}${id}/`, { name: [3], disabled: 'perhaps' })).body).toEqual({
      name: ['Not a valid string.'],
      disabled: ['Must be a valid boolean.'],
    });
    expect((await staff.api.post(PATH, {})).body).toEqual({ name: ['This field is required.'] });
  });
});

describe('/api/admin/orgs/{id}/members/', () => {
  it('of an organization that is not there is 404, whatever the filter is or the body', async () => {
    for (const path of [`${PATH}999999/members/`, `${PATH}nonsense/members/`]) {
      for (const answer of [
        await staff.api.get(`${path}?status=asleep`),
        await staff.api.get(path),
        await staff.api.post(path, { user: 'nobody' }),
      ])
        expect(answer).toMatchObject({ status: 404, body: { code: 'not_found' } });
    }
  });

  it('makes a user a member, without an invitation', async () => {
    const org = await test.make.org();
    const user = await test.make.user();
    const path = `${PATH}${org.id}/members/`;
    const added = await staff.api.post(path, { user: user.id, role: 'Owner' });
    expect(added).toMatchObject({
      status: 201,
      body: { status: 'active', user: { id: user.id, email: user.email }, role: { name: 'Owner' } },
    });
    expect((await staff.api.get(path)).body).toMatchObject({ count: 1, results: [added.body] });
    const { api } = await caller(test, user);
    expect((await api.get('/api/orgs/')).body).toEqual([{ id: org.id, name: org.name, role: 'Owner' }]);
    expect(await staff.api.post(path, { user: user.id, role: added.body.role.id })).toMatchObject({
      status: 400,
      body: { non_field_errors: ['This user is already a member of this organization.'] },
    });
  });

  it('uses up an open invitation of the same person', async () => {
    const org = await test.make.org();
    const owner = await callingMember(test, org, 'Owner');
    const user = await test.make.user();
    await owner.api.post(`/api/orgs/${org.id}/members/`, { email: user.email, role: 'Viewer' });
    const path = `${PATH}${org.id}/members/`;
    expect((await staff.api.post(path, { user: user.id, role: 'Analyst' })).status).toBe(201);
    expect((await staff.api.get(`${path}?status=invited`)).body.count).toBe(0);
  });

  it('400 for a user or role that is not there, 404 for the organization first', async () => {
    const org = await test.make.org();
    const { id } = await test.make.user();
    const foreign = await test.make.role(await test.make.org(), ['member.view']);
    const add = (body: unknown) => staff.api.post(`${PATH}${org.id}/members/`, body);
    expect((await add({ user: 999_999, role: 'Owner' })).body).toEqual({
      user: ['Invalid pk "999999" - object does not exist.'],
    });
    expect((await add({ user: id, role: foreign })).body).toEqual({
      role: [`Invalid pk "${foreign}" - object does not exist.`],
    });
    const noUser = ['Invalid pk "999999" - object does not exist.'];
    for (const [role, problem] of [
      ['King', 'Object with name=King does not exist.'],
      [null, 'This field may not be null.'],
    ]) {
      expect((await add({ user: 999_999, role })).body).toEqual({ user: noUser, role: [problem] });
    }
    expect((await add({ user: 'you', role: foreign })).body).toEqual({
      user: ['Incorrect type. Expected pk value, received str.'],
      role: [`Invalid pk "${foreign}" - object does not exist.`],
    });
    expect((await add({})).body).toEqual({
      user: ['This field is required.'],
      role: ['This field is required.'],
    });
    expect((await staff.api.post(`${PATH}999999/members/`, {})).status).toBe(404);
    expect((await staff.api.get(`${PATH}999999/members/`)).status).toBe(404);
  });
});

it('through an admin key nobody of staff becomes a member or gets another role: it would widen what it reaches itself', async () => {
  const user = await test.make.user({ staff: true });
  const api = test.api.as(await test.make.accessKey(user, { admin: true }));
  const person = test.api.as(await bearerOf(test, user));
  const [org, another] = [await test.make.org(), await test.make.org()];
  await test.make.member(org, 'Owner');
  const members = `${PATH}${org.id}/members/`;
  const denied = { status: 403, body: { code: 'permission_denied' } };
  expect(await api.post(members, { user: user.id, role: 'Owner' })).toMatchObject(denied);
  expect((await api.get('/api/orgs/')).body).toEqual([]);

  const { body: member } = await person.post(members, { user: user.id, role: 'Viewer' });
  expect(await api.patch(`${members}${member.id}/`, { role: 'Owner' })).toMatchObject(denied);
  expect((await api.get('/api/orgs/')).body).toMatchObject([{ id: org.id, role: 'Viewer' }]);
  expect((await person.patch(`${members}${member.id}/`, { role: 'Analyst' })).status).toBe(200);
  expect((await api.delete(`${members}${member.id}/`)).status).toBe(204);

  const { id } = await test.make.user();
  const added = await api.post(`${PATH}${another.id}/members/`, { user: id, role: 'Owner' });
  expect(added).toMatchObject({ status: 201 });
});

it('through an admin key no invitation of staff gets another role, not even of its own user', async () => {
  const user = await test.make.user({ staff: true });
  const colleague = await test.make.user({ staff: true });
  const guest = await test.make.user();
  const api = test.api.as(await test.make.accessKey(user, { admin: true }));
  const org = await test.make.org();
  const owner = await callingMember(test, org, 'Owner');
  const invited = async (email: string) => {
    const { body } = await owner.api.post(`/api/orgs/${org.id}/members/`, { email, role: 'Viewer' });
    return `${PATH}${org.id}/members/${body.id as number}/`;
  };
  for (const { email } of [user, colleague]) {
    const path = await invited(email);
    expect(await api.patch(path, { role: 'Owner' })).toMatchObject({
      status: 403,
      body: {
        code: 'permission_denied',
        detail: 'Staff are made members, and given roles, by session or JWT.',
      },
    });
    expect((await staff.api.get(path)).body.role).toMatchObject({ name: 'Viewer' });
    expect((await staff.api.patch(path, { role: 'Analyst' })).status).toBe(200);
  }
  expect((await api.patch(await invited(guest.email), { role: 'Owner' })).status).toBe(200);
});

describe('through an admin key, an organization where its user is a member', () => {
  const told = 'Where its user is a member, an organization is opened further by session or JWT alone.';
  const wider: [string, string, object][] = [
    ['lets no user-wide keys in', 'allow_user_wide_keys = false', { policy: { allow_user_wide_keys: true } }],
    ['is not enabled', 'disabled_at = app_now()', { disabled: false }],
    [
      'is reachable from nowhere else',
      `allowed_networks = '{192.0.2.0/24}', networks_set_as = 'staff'`,
      { policy: { allowed_networks: ['192.0.2.0/24', '127.0.0.0/8'] } },
    ],
    [
      'is not reachable from everywhere',
      `allowed_networks = '{192.0.2.0/24}', networks_set_as = 'manager'`,
      { policy: { allowed_networks: [] } },
    ],
  ];

  it.each(wider)(
    '%s: a session does that, and such a key does it elsewhere',
    async (_what, closed, change) => {
      const user = await test.make.user({ staff: true });
      const key = await test.make.accessKey(user, { admin: true });
      const [org, elsewhere] = [await test.make.org(), await test.make.org()];
      await test.make.member(org, 'Analyst', user);
      for (const { id } of [org, elsewhere])
        await test.database.query(`UPDATE organizations SET ${closed} WHERE id = $1`, [id]);
      const path = `${PATH}${org.id}/`;
      const api = test.api.as(key);
      const before = (await staff.api.get(path)).text;

      const refused = await api.patch(path, { name: 'Other', ...change });
      expect([refused.status, refused.body]).toEqual([403, { detail: told, code: 'permission_denied' }]);
      expect((await staff.api.get(path)).text).toBe(before);
      expect((await api.get(`/api/orgs/${org.id}/`)).status).toBe(404);

      expect((await api.patch(`${PATH}${elsewhere.id}/`, change)).status).toBe(200);
      const person = test.api.as(await bearerOf(test, user));
      expect((await person.patch(path, change)).status).toBe(200);
      expect((await api.get(`/api/orgs/${org.id}/`)).status).toBe(200);
    },
  );

  it('is renamed, closed further, and given what it has already', async () => {
    const user = await test.make.user({ staff: true });
    const api = test.api.as(await test.make.accessKey(user, { admin: true }));
    const org = await test.make.org();
    await test.make.member(org, 'Owner', user);
    const open = { allow_user_wide_keys: true, allowed_networks: [] };
    const closed = { allow_user_wide_keys: false, allowed_networks: ['192.0.2.0/24'] };
    for (const body of [
      { name: 'Renamed', disabled: false, policy: open },
      { disabled: true, policy: closed },
      { disabled: true, policy: closed },
      { policy: { longest_key_lifetime_days: 3650, allowed_networks: ['192.0.2.0/25'] } },
    ])
      expect((await api.patch(`${PATH}${org.id}/`, body)).status).toBe(200);
  });
});

describe('/api/admin/orgs/{id}/members/{member_id}/', () => {
  const path = (org: { id: number }, { memberId }: { memberId: number | string }) =>
    `${PATH}${org.id}/members/${memberId}/`;

  it('PATCH gives any role to any member, however much it holds, and is told by the audit log', async () => {
    const org = await test.make.org();
    await test.make.member(org, 'Owner');
    const member = await callingMember(test, org, 'Viewer');
    const changed = await staff.api.patch(path(org, member), { role: 'Owner' });
    expect(changed).toMatchObject({
      status: 200,
      body: { id: member.memberId, user: { id: member.id }, role: { name: 'Owner' } },
    });
    expect((await staff.api.get(path(org, member))).text).toBe(changed.text);
    expect((await member.api.get('/api/orgs/')).body).toMatchObject([{ role: 'Owner' }]);
    const own = await test.make.role(org, ['member.view'], 'Reader');
    expect((await staff.api.patch(path(org, member), { role: own })).body.role).toEqual({
      id: own,
      name: 'Reader',
    });
    const events = await test.database.query(
      `SELECT actor_id, subject_id, details FROM audit_events
       WHERE action = 'member.role_changed' AND organization_id = $1 ORDER BY id`,
      [org.id],
    );
    expect(events).toEqual([
      { actor_id: staff.id, subject_id: member.memberId, details: { from: 'Viewer', to: 'Owner' } },
      { actor_id: staff.id, subject_id: member.memberId, details: { from: 'Owner', to: 'Reader' } },
    ]);
  });

  it('DELETE ends a membership for the next request, and withdraws an invitation', async () => {
    const org = await test.make.org();
    const owner = await callingMember(test, org, 'Owner');
    const member = await callingMember(test, org, 'Administrator');
    expect(await staff.api.delete(path(org, member))).toMatchObject({ status: 204, text: '' });
    expect((await member.api.get(`/api/orgs/${org.id}/`)).status).toBe(404);
    const invited = await owner.api.post(`/api/orgs/${org.id}/members/`, {
      email: 'invited-by-owner@example.com',
      role: 'Viewer',
    });
    expect((await staff.api.delete(path(org, { memberId: invited.body.id as number }))).status).toBe(204);
    const events = await test.database.query(
      `SELECT actor_id, subject_id FROM audit_events WHERE action = 'member.removed' AND organization_id = $1
       ORDER BY id`,
      [org.id],
    );
    expect(events).toEqual([
      { actor_id: staff.id, subject_id: member.memberId },
      { actor_id: staff.id, subject_id: invited.body.id },
    ]);
    expect((await staff.api.get(`${PATH}${org.id}/members/`)).body.count).toBe(1);
  });

  it('409 for the last Owner, and for a stale If-Match; nothing is changed', async () => {
    const org = await test.make.org();
    const owner = await test.make.member(org, 'Owner');
    const lastOwner = { status: 409, body: { code: 'last_owner' } };
    expect(await staff.api.patch(path(org, owner), { role: 'Viewer' })).toMatchObject(lastOwner);
    expect(await staff.api.delete(path(org, owner))).toMatchObject(lastOwner);
    const viewer = await test.make.member(org, 'Viewer');
    const { headers } = await staff.api.patch(path(org, viewer), { role: 'Analyst' });
    expect(headers.get('etag')).toBe('"2"');
    const stale = staff.api.with({ 'if-match': '"1"' });
    const conflict = { status: 409, body: { code: 'edit_conflict' } };
    expect(await stale.patch(path(org, viewer), { role: 'Owner' })).toMatchObject(conflict);
    expect(await stale.delete(path(org, viewer))).toMatchObject(conflict);
    const { body } = await staff.api.get(`${PATH}${org.id}/members/`);
    expect(body.results).toMatchObject([{ role: { name: 'Owner' } }, { role: { name: 'Analyst' } }]);
  });

  it('404, to the byte, for members of other organizations and what is not there, before 400 for a bad body', async () => {
    const org = await test.make.org();
    const member = await test.make.member(org, 'Viewer');
    const foreign = await test.make.member(await test.make.org(), 'Viewer');
    const paths = [
      path(org, foreign),
      path({ id: 999_999 }, member),
      `${PATH}x/members/${member.memberId}/`,
      path(org, { memberId: 'x' }),
      path(org, { memberId: 999_999 }),
    ];
    for (const one of paths) {
      const answers = [
        await staff.api.get(one),
        await staff.api.patch(one, { role: 'Owner' }),
        await staff.api.patch(one, { role: 5.5 }),
        await staff.api.delete(one),
      ];
      for (const { status, text } of answers) {
        expect({ one, status, text }).toEqual({
          one,
          status: 404,
          text: '{"detail":"Not found.","code":"not_found"}',
        });
      }
    }
    expect((await staff.api.patch(path(org, member), { role: 5.5 })).status).toBe(400);
    expect((await staff.api.patch(path(org, member), { role: 'King' })).body).toEqual({
      role: ['Object with name=King does not exist.'],
    });
    expect((await staff.api.get(`${PATH}${org.id}/members/`)).body.results).toMatchObject([
      { role: { name: 'Viewer' } },
    ]);
  });
});
