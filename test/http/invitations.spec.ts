import { startTestApp, type TestApp } from '../support/app.js';
import { caller, callingMember, callingStaff } from '../support/callers.js';
import type { Client } from '../support/client.js';
import type { MadeUser } from '../support/factory.js';
import { bearerOf, sessionOf } from '../support/sign-in.js';

let test: TestApp;
beforeAll(async () => {
  test = await startTestApp();
});
afterEach(() => test.database.shiftClock(0));
afterAll(() => test.close());

const PATH = '/api/auth/invitations/';

async function signedIn(user?: MadeUser): Promise<MadeUser & { api: Client }> {
  const made = user ?? (await test.make.user());
  return { ...made, api: test.api.as(await sessionOf(test, made)) };
}

/** An organization that has invited `email`, and the id of the invitation. */
async function invitation(email: string, role = 'Analyst') {
  const org = await test.make.org();
  const owner = await callingMember(test, org, 'Owner');
  const { body } = await owner.api.post(`/api/orgs/${org.id}/members/`, { email, role });
  return { org, owner, id: body.id as number };
}

describe('GET /api/auth/invitations/', () => {
  it("lists the caller's own open invitations, by session and by token, and nobody else's", async () => {
    const user = await signedIn();
    const { org, id } = await invitation(user.email.toUpperCase());
    await invitation('somebody-else@example.com');
    const clients = [user.api, test.api.as(await bearerOf(test, user))];
    for (const api of clients) {
      expect((await api.get(PATH)).body).toEqual({
        count: 1,
        next: null,
        previous: null,
        results: [
          {
            id,
            organization: { id: org.id, name: org.name },
            role: { id: expect.any(Number) as number, name: 'Analyst' },
            created_at: expect.any(String) as string,
          },
        ],
      });
    }
  });

  it('does not list those of a disabled organization', async () => {
    const user = await signedIn();
    const { org, id } = await invitation(user.email);
    await test.database.query(`UPDATE organizations SET disabled_at = app_now() WHERE id = ${org.id}`);
    expect((await user.api.get(PATH)).body.count).toBe(0);
    expect((await user.api.post(`${PATH}${id}/accept/`)).status).toBe(404);
  });

  it('403 wrong_credential_kind for an access key: a key accepts nothing for its user', async () => {
    const user = await test.make.user();
    const { id } = await invitation(user.email);
    const { api } = await caller(test, user);
    const refusal = { status: 403, body: { code: 'wrong_credential_kind' } };
    expect(await api.get(PATH)).toMatchObject(refusal);
    expect(await api.post(`${PATH}${id}/accept/`)).toMatchObject(refusal);
  });

  it('401 without a credential', async () => {
    expect((await test.api.get(PATH)).status).toBe(401);
    expect((await test.api.post(`${PATH}1/accept/`)).status).toBe(401);
  });
});

describe('POST …/accept/', () => {
  it('makes the caller a member with the role of the invitation', async () => {
    const user = await signedIn();
    const { org, owner, id } = await invitation(user.email);
    const accepted = await user.api.post(`${PATH}${id}/accept/`);
    expect(accepted).toMatchObject({
      status: 200,
      body: { id, status: 'active', user: { id: user.id, email: user.email }, role: { name: 'Analyst' } },
    });
    expect((await user.api.get('/api/orgs/')).body).toEqual([
      { id: org.id, name: org.name, role: 'Analyst' },
    ]);
    expect((await owner.api.get(`/api/orgs/${org.id}/members/${id}/`)).body).toEqual(accepted.body);
    const [event] = await test.database.query(
      `SELECT actor_id, user_id, subject_id FROM audit_events WHERE action = 'member.accepted' AND organization_id = $1`,
      [org.id],
    );
    expect(event).toEqual({ actor_id: user.id, user_id: user.id, subject_id: id });
  });

  it('carries the role that the invitation has by then, not the one that it was sent with', async () => {
    const user = await signedIn();
    const { org, owner, id } = await invitation(user.email, 'Owner');
    await owner.api.patch(`/api/orgs/${org.id}/members/${id}/`, { role: 'Viewer' });
    expect((await user.api.post(`${PATH}${id}/accept/`)).body.role).toMatchObject({ name: 'Viewer' });
  });

  it.each([
    ['may invite nobody any more', 'Viewer'],
    ['holds less than its role', 'Administrator'],
  ])('is 404, and not listed, while whoever invited %s', async (_what, role) => {
    const user = await signedIn();
    const { owner, id } = await invitation(user.email, 'Owner');
    const give = (name: string) =>
      test.database.query(
        'UPDATE members SET role_id = (SELECT id FROM roles WHERE organization_id IS NULL AND name = $2) WHERE id = $1',
        [owner.memberId, name],
      );
    await give(role);
    expect((await user.api.get(PATH)).body.count).toBe(0);
    expect((await user.api.post(`${PATH}${id}/accept/`)).status).toBe(404);
    await give('Owner');
    expect((await user.api.get(PATH)).body.count).toBe(1);
    expect((await user.api.post(`${PATH}${id}/accept/`)).status).toBe(200);
  });

  it.each([
    ['was deactivated', 'UPDATE users SET is_active = false WHERE id = $1'],
    ['has left', 'DELETE FROM members WHERE user_id = $1'],
  ])('is 404, and not listed, once whoever invited %s', async (_what, change) => {
    const user = await signedIn();
    const { owner, id } = await invitation(user.email);
    await test.database.query(change, [owner.id]);
    expect((await user.api.get(PATH)).body.count).toBe(0);
    expect((await user.api.post(`${PATH}${id}/accept/`)).status).toBe(404);
  });

  it.each([
    ['was deactivated', 'UPDATE users SET is_active = false WHERE id = $1'],
    ['has left', 'DELETE FROM members WHERE user_id = $1'],
  ])('that was raised is 404, and not listed, once whoever raised it %s', async (_what, change) => {
    const user = await signedIn();
    const { org, id } = await invitation(user.email, 'Viewer');
    const administrator = await callingMember(test, org, 'Administrator');
    const path = `/api/orgs/${org.id}/members/${id}/`;
    expect((await administrator.api.patch(path, { role: 'Administrator' })).status).toBe(200);
    expect((await user.api.get(PATH)).body.results).toMatchObject([{ id, role: { name: 'Administrator' } }]);
    await test.database.query(change, [administrator.id]);
    expect((await user.api.get(PATH)).body.count).toBe(0);
    expect((await user.api.post(`${PATH}${id}/accept/`)).status).toBe(404);
  });

  it('that another manager gave its role holds without whoever sent it; one that was given the role it had does not', async () => {
    const user = await signedIn();
    const [changed, same] = [await invitation(user.email, 'Viewer'), await invitation(user.email, 'Viewer')];
    for (const [{ org, owner, id }, role] of [
      [changed, 'Analyst'],
      [same, 'Viewer'],
    ] as const) {
      const { api } = await callingMember(test, org, 'Administrator');
      expect((await api.patch(`/api/orgs/${org.id}/members/${id}/`, { role })).status).toBe(200);
      await test.database.query('DELETE FROM members WHERE user_id = $1', [owner.id]);
    }
    expect((await user.api.post(`${PATH}${changed.id}/accept/`)).body.role).toMatchObject({
      name: 'Analyst',
    });
    expect((await user.api.post(`${PATH}${same.id}/accept/`)).status).toBe(404);
  });

  it('that staff raised beyond what its inviter holds is good while they are staff and active', async () => {
    const user = await signedIn();
    const { org, owner, id } = await invitation(user.email, 'Viewer');
    await test.database.query('DELETE FROM members WHERE user_id = $1', [owner.id]);
    const staff = await callingStaff(test);
    const raised = await staff.api.patch(`/api/admin/orgs/${org.id}/members/${id}/`, { role: 'Owner' });
    expect(raised).toMatchObject({ status: 200, body: { status: 'invited', role: { name: 'Owner' } } });
    const accept = () => user.api.post(`${PATH}${id}/accept/`);
    const set = (columns: string) =>
      test.database.query(`UPDATE users SET ${columns} WHERE id = $1`, [staff.id]);
    for (const column of ['is_staff', 'is_active']) {
      await set(`${column} = false`);
      expect((await user.api.get(PATH)).body.count).toBe(0);
      expect((await accept()).status).toBe(404);
      await set(`${column} = true`);
    }
    expect(await accept()).toMatchObject({ status: 200, body: { role: { name: 'Owner' } } });
  });

  it('is open for 14 days; then it is 404, not listed, and may be sent again', async () => {
    const user = await test.make.user();
    const [early, late] = [await invitation(user.email), await invitation(user.email)];
    await test.database.shiftClock(14 * 86_400 - 60);
    const before = (await signedIn(user)).api;
    expect((await before.get(PATH)).body.count).toBe(2);
    expect((await before.post(`${PATH}${early.id}/accept/`)).status).toBe(200);
    await test.database.shiftClock(14 * 86_400 + 60);
    const after = (await signedIn(user)).api;
    expect((await after.get(PATH)).body.count).toBe(0);
    expect((await after.post(`${PATH}${late.id}/accept/`)).status).toBe(404);
    const invite = { email: user.email, role: 'Analyst' };
    expect((await late.owner.api.post(`/api/orgs/${late.org.id}/members/`, invite)).status).toBe(201);
    expect((await after.get(PATH)).body.count).toBe(1);
  });

  it('is 404, to the byte, for invitations of others, withdrawn, accepted and absent ones', async () => {
    const user = await signedIn();
    const others = await invitation('another@example.com');
    const withdrawn = await invitation(user.email);
    await withdrawn.owner.api.delete(`/api/orgs/${withdrawn.org.id}/members/${withdrawn.id}/`);
    const accepted = await invitation(user.email);
    await user.api.post(`${PATH}${accepted.id}/accept/`);
    const active = others.owner.memberId;
    const answers = await Promise.all(
      [others.id, withdrawn.id, accepted.id, active, 999_999, '0', '1e3', 'x'].map((id) =>
        user.api.post(`${PATH}${id}/accept/`),
      ),
    );
    for (const { status, text } of answers) {
      expect({ status, text }).toEqual({ status: 404, text: '{"detail":"Not found.","code":"not_found"}' });
    }
  });

  it('of many attempts at once exactly one succeeds', async () => {
    const user = await signedIn();
    const { org, id } = await invitation(user.email);
    const answers = await Promise.all(Array.from({ length: 8 }, () => user.api.post(`${PATH}${id}/accept/`)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array<number>(7).fill(404)]);
    expect(await test.database.query(`SELECT 1 FROM members WHERE organization_id = ${org.id}`)).toHaveLength(
      2,
    );
  });

  it('needs the CSRF token of the session', async () => {
    const user = await test.make.user();
    const { id } = await invitation(user.email);
    const { session } = await sessionOf(test, user);
    expect(await test.api.as({ session }).post(`${PATH}${id}/accept/`)).toMatchObject({
      status: 403,
      body: { code: 'csrf_failed' },
    });
  });
});

describe('DELETE /api/auth/invitations/{id}/', () => {
  it('declines: the invitation is gone for both sides, is told by the audit log, and may be sent again', async () => {
    const user = await signedIn();
    const { org, owner, id } = await invitation(user.email);
    expect(await user.api.delete(`${PATH}${id}/`)).toMatchObject({ status: 204, text: '' });
    expect((await user.api.get(PATH)).body.count).toBe(0);
    expect((await owner.api.get(`/api/orgs/${org.id}/members/${id}/`)).status).toBe(404);
    expect((await user.api.post(`${PATH}${id}/accept/`)).status).toBe(404);
    const [event] = await test.database.query(
      `SELECT actor_id, user_id, subject_id, details FROM audit_events
       WHERE action = 'member.declined' AND organization_id = $1`,
      [org.id],
    );
    expect(event).toEqual({
      actor_id: user.id,
      user_id: user.id,
      subject_id: id,
      details: { role: 'Analyst' },
    });
    const again = await owner.api.post(`/api/orgs/${org.id}/members/`, { email: user.email, role: 'Viewer' });
    expect(again.status).toBe(201);
  });

  it('is 404, to the byte, for invitations of others, accepted, lapsed and absent ones, and changes nothing', async () => {
    const user = await signedIn();
    const others = await invitation('yet-another@example.com');
    const accepted = await invitation(user.email);
    await user.api.post(`${PATH}${accepted.id}/accept/`);
    const lapsed = await invitation(user.email);
    await test.database.query(
      `UPDATE members SET created_at = app_now() - interval '15 days' WHERE id = ${lapsed.id}`,
    );
    const rows = () => test.database.query('SELECT id, status FROM members ORDER BY id');
    const before = await rows();
    for (const id of [others.id, accepted.id, lapsed.id, others.owner.memberId, 999_999, '0', '1e3', 'x']) {
      const { status, text } = await user.api.delete(`${PATH}${id}/`);
      expect({ status, text }).toEqual({ status: 404, text: '{"detail":"Not found.","code":"not_found"}' });
    }
    expect(await rows()).toEqual(before);
  });

  it('of accepting and declining at once exactly one succeeds', async () => {
    const user = await signedIn();
    const { org, id } = await invitation(user.email);
    const [accept, decline] = await Promise.all([
      user.api.post(`${PATH}${id}/accept/`),
      user.api.delete(`${PATH}${id}/`),
    ]);
    const members = await test.database.query(`SELECT 1 FROM members WHERE organization_id = ${org.id}`);
    expect([accept.status, decline.status, members.length]).toEqual(
      accept.status === 200 ? [200, 404, 2] : [404, 204, 1],
    );
  });

  it('403 for an access key, 401 for nobody, 403 without the CSRF token', async () => {
    const user = await test.make.user();
    const { id } = await invitation(user.email);
    const { api } = await caller(test, user);
    const { session } = await sessionOf(test, user);
    expect(await api.delete(`${PATH}${id}/`)).toMatchObject({
      status: 403,
      body: { code: 'wrong_credential_kind' },
    });
    expect((await test.api.delete(`${PATH}${id}/`)).status).toBe(401);
    expect((await test.api.as({ session }).delete(`${PATH}${id}/`)).status).toBe(403);
  });
});
