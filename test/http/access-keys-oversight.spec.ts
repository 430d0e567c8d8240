import { startTestApp, type TestApp } from '../support/app.js';
import { callingMember } from '../support/callers.js';

let test: TestApp;
beforeAll(async () => {
  test = await startTestApp();
});
afterAll(() => test.close());

describe('/api/orgs/{org_pk}/access-keys/', () => {
  it("lists confined keys and members' user-wide ones, these without an address; nothing of other tenants", async () => {
    const [org, elsewhere] = [await test.make.org(), await test.make.org()];
    const manager = await callingMember(test, org, 'Administrator');
    const member = await test.make.member(org, 'Viewer');
    await test.make.member(elsewhere, 'Viewer', member);
    const confined = await test.make.accessKey(member, { organization: org });
    const wide = await test.make.accessKey(member);
    const foreign = await test.make.accessKey(member, { organization: elsewhere });
    await test.database.query(
      `UPDATE access_keys SET last_used_at = app_now(), last_used_ip = '192.0.2.1', last_used_user_agent = 'curl'`,
    );
    const { body } = await manager.api.get(`/api/orgs/${org.id}/access-keys/?user=${member.id}&ordering=id`);
    expect(body.results).toMatchObject([
      { id: confined.id, last_used_ip: '192.0.2.1', last_used_user_agent: 'curl' },
      { id: wide.id, organization: null, last_used_ip: null, last_used_user_agent: null },
    ]);
    const hidden = await manager.api.get(`/api/orgs/${org.id}/access-keys/${foreign.id}/`);
    const absent = await manager.api.get(`/api/orgs/${org.id}/access-keys/999999/`);
    expect([hidden.status, hidden.text]).toEqual([404, absent.text]);
  });

  it('a manager revokes a confined key; a user-wide one is 409 and lives on', async () => {
    const org = await test.make.org();
    const manager = await callingMember(test, org, 'Owner');
    const member = await test.make.member(org, 'Viewer');
    const confined = await test.make.accessKey(member, { organization: org });
    const wide = await test.make.accessKey(member);
    const revoke = (id: number) =>
      manager.api.post(`/api/orgs/${org.id}/access-keys/${id}/revoke/`, { reason: 'x' });
    expect(await revoke(confined.id)).toMatchObject({
      status: 200,
      body: { status: 'revoked', revoked_by: manager.id, revoke_reason: 'x' },
    });
    expect((await test.api.as(confined).get('/api/orgs/')).status).toBe(401);
    expect(await revoke(wide.id)).toMatchObject({
      status: 409,
      body: { code: 'reaches_other_organizations' },
    });
    expect((await test.api.as(wide).get('/api/orgs/')).status).toBe(200);
  });

  it('user-wide keys are absent where the policy forbids them: they do not reach the organization', async () => {
    const org = await test.make.org();
    const manager = await callingMember(test, org, 'Owner');
    const wide = await test.make.accessKey(await test.make.member(org, 'Viewer'));
    const confined = await test.make.accessKey(manager, { organization: org });
    await test.database.query('UPDATE organizations SET allow_user_wide_keys = false WHERE id = $1', [
      org.id,
    ]);
    const path = `/api/orgs/${org.id}/access-keys/`;
    expect((await test.api.as(confined).get(`${path}${wide.id}/`)).status).toBe(404);
    expect((await test.api.as(wide).get(path)).status).toBe(404);
    expect((await test.api.as(wide).get('/api/orgs/')).body).toEqual([]);
  });
});

describe('a key falls with its user (A19)', () => {
  it('who is deactivated, leaves the organization, or whose organization is disabled: the next request is refused', async () => {
    const other = await test.another();
    const changes: [string, number][] = [
      ['UPDATE users SET is_active = false WHERE id = $1', 401],
      ['DELETE FROM members WHERE user_id = $1', 401],
      [
        'UPDATE organizations SET disabled_at = now() WHERE id IN (SELECT organization_id FROM members WHERE user_id = $1)',
        404,
      ],
    ];
    try {
      for (const [change, status] of changes) {
        const org = await test.make.org();
        const member = await test.make.member(org, 'Owner');
        const key = await test.make.accessKey(member, { organization: org });
        const path = `/api/orgs/${org.id}/access-keys/`;
        for (const { api } of [test, other]) expect((await api.as(key).get(path)).status).toBe(200);
        await test.database.query(change, [member.id]);
        for (const { api } of [test, other]) expect((await api.as(key).get(path)).status).toBe(status);
      }
    } finally {
      await other.close();
    }
  });

  it('a key has the right of its user at this moment, narrowed by its level, and never more (T18)', async () => {
    const org = await test.make.org();
    const member = await test.make.member(org, 'Owner');
    const key = await test.make.accessKey(member, { organization: org });
    const path = `/api/orgs/${org.id}/access-keys/`;
    expect((await test.api.as(key).get(path)).status).toBe(200);
    const narrow = test.api.as(await test.make.accessKey(member, { organization: org, level: 'read_only' }));
    const rename = { name: 'Renamed' };
    expect(await narrow.patch(`/api/orgs/${org.id}/`, rename)).toMatchObject({
      status: 403,
      body: { code: 'read_only_key' },
    });
    expect((await test.api.as(key).patch(`/api/orgs/${org.id}/`, rename)).status).toBe(200);
    await test.database.query(
      `UPDATE members SET role_id = (SELECT id FROM roles WHERE name = 'Viewer' AND organization_id IS NULL) WHERE id = $1`,
      [member.memberId],
    );
    expect(await test.api.as(key).get(path)).toMatchObject({
      status: 403,
      body: { code: 'permission_denied' },
    });
  });
});
