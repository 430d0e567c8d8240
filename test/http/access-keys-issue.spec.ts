import { startTestApp, type TestApp } from '../support/app.js';
import type { Client } from '../support/client.js';

const PATH = '/api/admin/access-keys/';
let test: TestApp;
let other: TestApp;
let staff: Client;
let staffKeyId: number;

beforeAll(async () => {
  test = await startTestApp();
  other = await test.another();
  const { id, key } = await test.make.accessKey(await test.make.user({ staff: true }), { admin: true });
  staffKeyId = id;
  staff = test.api.as({ key });
});
afterAll(async () => {
  await other.close();
  await test.close();
});

async function keyCount(): Promise<number> {
  const [row] = await test.database.query<{ n: number }>('SELECT count(*)::int AS n FROM access_keys');
  return row?.n ?? -1;
}

describe('POST /api/admin/access-keys/', () => {
  it('shows the whole key once, and it works; no later answer holds it (A2)', async () => {
    const org = await test.make.org();
    const user = await test.make.member(org, 'Viewer');
    const body = { user: user.id, organization: org.id, access_level: 'read_only', name: 'Nightly' };
    const answer = await staff.post(PATH, body);
    expect(answer).toMatchObject({
      status: 201,
      body: {
        name: 'Nightly',
        user: user.id,
        organization: org.id,
        access_level: 'read_only',
        status: 'active',
      },
    });
    expect(answer.body.key).toMatch(/^[A-Za-z0-9]{8}\.[A-Za-z0-9]{32}$/);
    const { key, ...shown } = answer.body as unknown as Record<string, unknown>;
    expect(await test.api.as({ key: String(key) }).get('/api/orgs/')).toMatchObject({
      status: 200,
      body: [{ id: org.id, role: 'Viewer' }],
    });
    const got = await staff.get(`${PATH}${String(shown.id)}/`);
    expect({ ...got.body, last_used_at: null, last_used_ip: null, last_used_user_agent: null }).toEqual(
      shown,
    );
    expect(got.text).not.toContain(String(key).slice(9));
  });

  it('the owner is the one the staff named: no other field of the body names an owner, a role or a staff flag (A12)', async () => {
    const user = await test.make.user();
    const other = await test.make.user();
    const { body } = await staff.post(PATH, {
      user: user.id,
      user_id: other.id,
      userId: other.id,
      owner: other.id,
      role: 'Owner',
      is_staff: true,
      prefix: 'aaaaaaaa',
      access_level: 'full_access',
      name: 'x',
    });
    expect(body.user).toBe(user.id);
    expect(body.prefix).not.toBe('aaaaaaaa');
    const me = await test.database.query('SELECT is_staff FROM users WHERE id = $1', [user.id]);
    expect(me).toEqual([{ is_staff: false }]);
  });

  it('answers every bad field at once, in the words of the contract, and writes nothing (A13, A22)', async () => {
    const org = await test.make.org();
    const outsider = await test.make.user();
    const inactive = await test.make.user({ active: false });
    const member = await test.make.member(org, 'Viewer');
    const staffMember = await test.make.member(org, 'Viewer', await test.make.user({ staff: true }));
    const before = await keyCount();
    const good = { user: outsider.id, access_level: 'full_access', name: 'x' };
    const cases: [object, object][] = [
      [
        {},
        {
          user: ['This field is required.'],
          access_level: ['This field is required.'],
          name: ['This field is required.'],
        },
      ],
      [
        { ...good, organization: org.id, expires_at: '2001-01-01T00:00:00Z' },
        {
          organization: ['The user is not a member of this organization.'],
          expires_at: ['This must be in the future.'],
        },
      ],
      [{ ...good, user: 999_999 }, { user: ['Invalid pk "999999" - object does not exist.'] }],
      [
        { ...good, organization: 999_999 },
        { organization: ['Invalid pk "999999" - object does not exist.'] },
      ],
      [{ ...good, user: inactive.id }, { user: ['The user is not active.'] }],
      [{ ...good, access_level: 'admin' }, { access_level: ['"admin" is not a valid choice.'] }],
      [{ ...good, admin: true }, { admin: ['Only staff can hold an admin key.'] }],
      [
        { ...good, user: staffMember.id, organization: org.id, admin: true },
        { admin: ["An admin key can't be confined to an organization."] },
      ],
      [
        { ...good, user: member.id, organization: org.id, admin: true },
        {
          admin: ['Only staff can hold an admin key.', "An admin key can't be confined to an organization."],
        },
      ],
      [{ ...good, name: '  ' }, { name: ['This field may not be blank.'] }],
    ];
    for (const [body, errors] of cases) {
      expect(await staff.post(PATH, body)).toMatchObject({ status: 400, body: errors });
    }
    for (const expires_at of [
      '2030-01-01T00:00:00',
      '9999-12-31T00:00:00Z',
      'infinity',
      7,
      '2030-02-30T00:00:00Z',
    ]) {
      const { status, body } = await staff.post(PATH, { ...good, expires_at });
      expect({ status, fields: Object.keys(body) }).toEqual({ status: 400, fields: ['expires_at'] });
    }
    expect(await keyCount()).toBe(before);
  });

  it('tells the audit log who issued what for whom, and through what (A21)', async () => {
    const user = await test.make.user();
    const { body } = await staff.post(PATH, { user: user.id, access_level: 'full_access', name: 'x' });
    const events = await test.database.query(
      `SELECT action, actor_id, user_id, actor_credential FROM audit_events WHERE subject_type = 'access_key' AND subject_id = $1`,
      [body.id],
    );
    expect(events).toEqual([
      {
        action: 'access_key.issued',
        actor_id: body.created_by,
        user_id: user.id,
        actor_credential: `access_key:${staffKeyId}`,
      },
    ]);
  });

  it('404 for everyone who is not staff, as if the path were not there', async () => {
    const { key } = await test.make.accessKey(await test.make.member(await test.make.org(), 'Owner'));
    const answer = await test.api.as({ key }).post(PATH, {});
    expect(answer).toMatchObject({ status: 404, body: { code: 'not_found' } });
  });

  it('a key issues no key for staff, and none that is admin', async () => {
    const colleague = await test.make.user({ staff: true });
    for (const admin of [false, true]) {
      const body = { user: colleague.id, access_level: 'full_access', name: 'x', admin };
      expect(await staff.post(PATH, body)).toMatchObject({
        status: 403,
        body: { code: 'permission_denied' },
      });
    }
  });
});

describe('POST /api/admin/access-keys/{id}/revoke/', () => {
  it('holds for the next request on every instance, is final, and keeps the row with its first reason (A14, T9)', async () => {
    const made = await test.make.accessKey(await test.make.user());
    for (const { api } of [test, other]) expect((await api.as(made).get('/api/orgs/')).status).toBe(200);
    const path = `${PATH}${made.id}/revoke/`;
    expect(await staff.post(path, { reason: 'Laptop lost' })).toMatchObject({
      status: 200,
      body: { status: 'revoked', revoke_reason: 'Laptop lost' },
    });
    for (const { api } of [test, other]) {
      expect(await api.as(made).get('/api/orgs/')).toMatchObject({
        status: 401,
        body: { detail: 'Invalid API key.', code: 'authentication_failed' },
      });
    }
    expect(await staff.post(path, { reason: 'again' })).toMatchObject({
      status: 200,
      body: { revoke_reason: 'Laptop lost' },
    });
  });

  it('404 before 400: a bad body tells nothing of a key that is not there', async () => {
    expect((await staff.post(`${PATH}999999/revoke/`, { reason: 5 })).status).toBe(404);
  });
});
