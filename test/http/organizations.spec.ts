import { startTestApp, type TestApp } from '../support/app.js';
import { caller, callingMember } from '../support/callers.js';
import { bearerOf, sessionOf } from '../support/sign-in.js';

let test: TestApp;
beforeAll(async () => {
  test = await startTestApp();
});
afterAll(() => test.close());

const DEFAULTS = {
  self_serve_keys: true,
  longest_key_lifetime_days: 365,
  allow_user_wide_keys: true,
  enforce_on_use: false,
  longest_unused_days: null,
  issuing_stopped: false,
  allowed_networks: [],
};

describe('GET /api/orgs/{org_pk}/', () => {
  it('shows the organization and its policy to any member, with the edit version as ETag', async () => {
    const org = await test.make.org();
    const { api } = await callingMember(test, org, 'Viewer');
    const answer = await api.get(`/api/orgs/${org.id}/`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('etag')).toBe('"1"');
    expect(answer.body).toEqual({
      id: org.id,
      name: org.name,
      policy: DEFAULTS,
      created_at: expect.stringMatching(/^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/) as string,
    });
  });

  it('answers the path without its last slash alike', async () => {
    const org = await test.make.org();
    const { api } = await callingMember(test, org, 'Owner');
    expect((await api.get(`/api/orgs/${org.id}`)).text).toBe((await api.get(`/api/orgs/${org.id}/`)).text);
  });
});

describe('PATCH /api/orgs/{org_pk}/', () => {
  it('lets an Owner rename and change part of the policy; the rest stays', async () => {
    const org = await test.make.org();
    const { api, id } = await callingMember(test, org, 'Owner');
    const change = { name: '  New name ', policy: { longest_key_lifetime_days: 30 } };
    const answer = await api.patch(`/api/orgs/${org.id}/`, change);
    expect(answer).toMatchObject({
      status: 200,
      body: { name: 'New name', policy: { ...DEFAULTS, longest_key_lifetime_days: 30 } },
    });
    expect(answer.headers.get('etag')).toBe('"2"');
    expect((await api.get(`/api/orgs/${org.id}/`)).text).toBe(answer.text);
    const [event] = await test.database.query(
      `SELECT action, actor_id, details FROM audit_events WHERE organization_id = $1`,
      [org.id],
    );
    expect(event).toEqual({
      action: 'organization.changed',
      actor_id: id,
      details: { name: 'New name', longest_key_lifetime_days: 30 },
    });
  });

  it.each(['Administrator', 'Analyst', 'Viewer'] as const)('is 403 for the role %s', async (role) => {
    const org = await test.make.org();
    const { api } = await callingMember(test, org, role);
    expect(await api.patch(`/api/orgs/${org.id}/`, { name: 'Mine' })).toMatchObject({
      status: 403,
      body: { code: 'permission_denied', detail: 'You do not have permission to perform this action.' },
    });
  });

  it('tells every wrong field at once, those of the policy under its name', async () => {
    const org = await test.make.org();
    const { api } = await callingMember(test, org, 'Owner');
    const patch = (body: unknown) => api.patch(`/api/orgs/${org.id}/`, body);
    const wrong = { name: '', policy: { self_serve_keys: 'perhaps', longest_key_lifetime_days: 0 } };
    expect(await patch(wrong)).toMatchObject({
      status: 400,
      body: {
        name: ['This field may not be blank.'],
        policy: {
          self_serve_keys: ['Must be a valid boolean.'],
          longest_key_lifetime_days: ['Ensure this value is greater than or equal to 1.'],
        },
      },
    });
    expect((await patch({ policy: null })).body).toEqual({ policy: ['This field may not be null.'] });
    const notAnObject = (type: string) => ({
      policy: { non_field_errors: [`Invalid data. Expected a dictionary, but got ${type}.`] },
    });
    expect((await patch({ policy: 'open' })).body).toEqual(notAnObject('str'));
    expect((await patch({ policy: [{ self_serve_keys: false }] })).body).toEqual(notAnObject('list'));
    expect((await patch({ policy: [] })).body).toEqual(notAnObject('list'));
    expect((await patch('{"policy": 1.0}')).body).toEqual(notAnObject('float'));
    expect((await patch('{"policy": 9007199254740993}')).body).toEqual(notAnObject('int'));
    expect((await patch({ name: 'a\0b' })).body).toEqual({ name: ['Null characters are not allowed.'] });
  });

  it('changes nothing but name and policy, whatever else the body names (G3)', async () => {
    const org = await test.make.org();
    const { api } = await callingMember(test, org, 'Owner');
    const before = await api.get(`/api/orgs/${org.id}/`);
    const others = {
      id: 1,
      version: 9,
      disabled: true,
      disabled_at: '2030-01-01T00:00:00Z',
      created_at: null,
      selfServeKeys: false,
      self_serve_keys: false,
      constructor: 'x',
      toString: 'x',
    };
    const policy = { disabled: true, selfServeKeys: false, disabled_at: '2030-01-01T00:00:00Z' };
    const patch = (body: unknown) => api.patch(`/api/orgs/${org.id}/`, body);
    const answer = await patch({ ...others, policy });
    expect(answer).toMatchObject({ status: 200, body: before.body });
    expect(
      (await patch({ ...others, name: 'Taken', policy: { ...policy, self_serve_keys: true } })).body,
    ).toEqual({
      ...before.body,
      name: 'Taken',
    });
    const [row] = await test.database.query('SELECT id, disabled_at FROM organizations WHERE id = $1', [
      org.id,
    ]);
    expect(row).toEqual({ id: org.id, disabled_at: null });
  });

  it.each([
    '{"name": "Taken", "__proto__": {"name": "x"}}',
    '{"name": "Taken", "constructor": {"prototype": {}}}',
    '{"name": "Taken", "policy": {"__proto__": {"self_serve_keys": false}}}',
  ])('400 for what reaches for the prototype, and nothing changes: %s (G3)', async (body) => {
    const org = await test.make.org();
    const { api } = await callingMember(test, org, 'Owner');
    const before = await api.get(`/api/orgs/${org.id}/`);
    expect((await api.send('PATCH', `/api/orgs/${org.id}/`, body)).status).toBe(400);
    expect((await api.get(`/api/orgs/${org.id}/`)).body).toEqual(before.body);
  });

  it('409 for a stale If-Match, and the object is as the other editor left it', async () => {
    const org = await test.make.org();
    const { api } = await callingMember(test, org, 'Owner');
    const path = `/api/orgs/${org.id}/`;
    const etag = (await api.get(path)).headers.get('etag') ?? '';
    expect(await api.with({ 'if-match': etag }).patch(path, { name: 'First' })).toMatchObject({
      status: 200,
    });
    for (const stale of [etag, '"999"', 'W/"2"', '2', '""', 'x']) {
      expect(await api.with({ 'if-match': stale }).patch(path, { name: 'Second' })).toMatchObject({
        status: 409,
        body: { code: 'edit_conflict' },
      });
    }
    expect(await api.get(path)).toMatchObject({ body: { name: 'First' } });
    expect(await api.with({ 'if-match': '*' }).patch(path, { name: 'Third' })).toMatchObject({ status: 200 });
  });

  it('an If-Match of several tags holds where one of them is the current one', async () => {
    const org = await test.make.org();
    const { api } = await callingMember(test, org, 'Owner');
    const edit = async (tags: string, name: string) =>
      (await api.with({ 'if-match': tags }).patch(`/api/orgs/${org.id}/`, { name })).status;
    expect(await edit('"99", "1"', 'First')).toBe(200);
    expect(await edit('"2","99"', 'Second')).toBe(200);
    for (const stale of ['"1", "2"', '"99", W/"3"', '"1" "3"', '"1", 3', ',']) {
      expect([stale, await edit(stale, 'Third')]).toEqual([stale, 409]);
    }
    expect((await api.get(`/api/orgs/${org.id}/`)).body.name).toBe('Second');
  });

  it('of many edits with one If-Match exactly one wins', async () => {
    const org = await test.make.org();
    const { api } = await callingMember(test, org, 'Owner');
    const edits = Array.from({ length: 10 }, (_, n) =>
      api.with({ 'if-match': '"1"' }).patch(`/api/orgs/${org.id}/`, { name: `Name ${n}` }),
    );
    const statuses = (await Promise.all(edits)).map(({ status }) => status).sort();
    expect(statuses).toEqual([200, ...Array<number>(9).fill(409)]);
  });
});

describe('order of refusal', () => {
  it('401 → 404 outside → 403 role → 403 read-only → 404 object → 400 body → 409 state', async () => {
    const org = await test.make.org();
    const owner = await callingMember(test, org, 'Owner');
    const administrator = await callingMember(test, org, 'Administrator');
    const viewer = await callingMember(test, org, 'Viewer');
    const stranger = await caller(test);
    const readOnly = await caller(test, owner, 'read_only');
    const readOnlyViewer = await caller(test, viewer, 'read_only');
    const bad = { role: 'King' };
    const absent = `/api/orgs/${org.id}/members/999999/`;
    const present = `/api/orgs/${org.id}/members/${owner.memberId}/`;
    const refused = async (api: TestApp['api'], path: string, body: unknown) => {
      const { status, body: answer } = await api.with({ 'if-match': '"9"' }).patch(path, body);
      return [status, answer.code ?? answer];
    };
    expect(await refused(test.api, absent, bad)).toEqual([401, 'not_authenticated']);
    expect(await refused(stranger.api, absent, bad)).toEqual([404, 'not_found']);
    expect(await refused(viewer.api, absent, bad)).toEqual([403, 'permission_denied']);
    expect(await refused(readOnlyViewer.api, absent, bad)).toEqual([403, 'permission_denied']);
    expect(await refused(readOnly.api, absent, bad)).toEqual([403, 'read_only_key']);
    expect(await refused(owner.api, absent, bad)).toEqual([404, 'not_found']);
    expect(await refused(owner.api, absent, { role: null })).toEqual([404, 'not_found']);
    expect(await refused(administrator.api, present, bad)).toEqual([403, 'permission_denied']);
    expect(await refused(owner.api, present, bad)).toEqual([
      400,
      { role: ['Object with name=King does not exist.'] },
    ]);
    expect(await refused(owner.api, present, { role: 'Viewer' })).toEqual([409, 'last_owner']);
    expect(await refused(owner.api, present, { role: 'Owner' })).toEqual([409, 'edit_conflict']);
  });
});

describe('authority is read from committed state', () => {
  it('ends for key, token and session with the membership, the user or the organization (A19, G5)', async () => {
    const org = await test.make.org();
    const member = await test.make.member(org, 'Administrator');
    const { key } = await test.make.accessKey(member);
    const confined = await test.make.accessKey(member, { organization: org });
    const clients = [
      test.api.as({ key }),
      test.api.as(await sessionOf(test, member)),
      test.api.as(await bearerOf(test, member)),
    ];
    const path = `/api/orgs/${org.id}/members/`;
    const statuses = () => Promise.all(clients.map(async (api) => (await api.get(path)).status));
    const ofConfined = async () => (await test.api.as({ key: confined.key }).get(path)).status;
    const set = (sql: string) => test.database.query(sql);

    expect([...(await statuses()), await ofConfined()]).toEqual([200, 200, 200, 200]);
    await set(`UPDATE organizations SET disabled_at = app_now() WHERE id = ${org.id}`);
    expect(await statuses()).toEqual([404, 404, 404]);
    await set(`UPDATE organizations SET disabled_at = NULL WHERE id = ${org.id}`);
    await set(`UPDATE users SET is_active = false WHERE id = ${member.id}`);
    expect([...(await statuses()), await ofConfined()]).toEqual([401, 401, 401, 401]);
    await set(`UPDATE users SET is_active = true WHERE id = ${member.id}`);
    expect([...(await statuses()), await ofConfined()]).toEqual([200, 200, 200, 200]);
    const owner = await callingMember(test, org, 'Owner');
    await owner.api.delete(`${path}${member.memberId}/`);
    expect(await statuses()).toEqual([404, 404, 404]);
    expect(await ofConfined()).toBe(401);
  });

  it('a demotion and a narrower role hold for the next request of every scheme (G5)', async () => {
    const org = await test.make.org();
    const owner = await callingMember(test, org, 'Owner');
    const roleId = await test.make.role(org, ['member.view', 'role.view', 'role.manage']);
    const member = await test.make.member(org, roleId);
    const { key } = await test.make.accessKey(member);
    const clients = [
      test.api.as({ key }),
      test.api.as(await sessionOf(test, member)),
      test.api.as(await bearerOf(test, member)),
    ];
    const statuses = () =>
      Promise.all(clients.map(async (api) => (await api.get(`/api/orgs/${org.id}/members/`)).status));
    expect(await statuses()).toEqual([200, 200, 200]);
    await owner.api.patch(`/api/orgs/${org.id}/roles/${roleId}/`, { permissions: ['role.view'] });
    expect(await statuses()).toEqual([403, 403, 403]);
    await owner.api.patch(`/api/orgs/${org.id}/members/${member.memberId}/`, { role: 'Viewer' });
    expect(await statuses()).toEqual([200, 200, 200]);
  });
});
