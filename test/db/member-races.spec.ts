import { startTestApp, type TestApp } from '../support/app.js';
import { type Caller, callingMember, callingStaff } from '../support/callers.js';
import { type Answer, Client } from '../support/client.js';
import { changedInBetween } from '../support/hold.js';

let test: TestApp;
let other: TestApp;
beforeAll(async () => {
  test = await startTestApp();
  other = await test.another();
});
afterAll(async () => {
  await other.close();
  await test.close();
});

const members = (org: { id: number }, member?: { memberId: number }) =>
  `/api/orgs/${org.id}/members/${member ? `${member.memberId}/` : ''}`;

const statusesOf = (answers: Answer[]) => answers.map(({ status }) => status).sort();

/** The same caller at the second instance. */
const elsewhere = (api: Client) => api.at(other.url);

async function owners(org: { id: number }): Promise<number> {
  const rows = await test.database.query(
    `SELECT 1 FROM members m JOIN roles r ON r.id = m.role_id
     WHERE m.organization_id = $1 AND r.name = 'Owner' AND r.organization_id IS NULL`,
    [org.id],
  );
  return rows.length;
}

describe('under concurrency an organization keeps an Owner (G7)', () => {
  it('two Owners who demote each other from two instances: exactly one wins, every time', async () => {
    for (let round = 0; round < 25; round += 1) {
      const org = await test.make.org();
      const [a, b] = [await callingMember(test, org, 'Owner'), await callingMember(test, org, 'Owner')];
      const answers = await Promise.all([
        a.api.patch(members(org, b), { role: 'Viewer' }),
        elsewhere(b.api).patch(members(org, a), { role: 'Viewer' }),
      ]);
      expect(statusesOf(answers)).toEqual([200, 403]);
      expect(await owners(org)).toBe(1);
    }
  });

  it('two Owners who remove each other: exactly one wins, every time', async () => {
    for (let round = 0; round < 25; round += 1) {
      const org = await test.make.org();
      const [a, b] = [await callingMember(test, org, 'Owner'), await callingMember(test, org, 'Owner')];
      const answers = await Promise.all([
        a.api.delete(members(org, b)),
        elsewhere(b.api).delete(members(org, a)),
      ]);
      expect(statusesOf(answers)).toEqual([204, 404]);
      expect(await owners(org)).toBe(1);
    }
  });

  it('two Owners who both step down: exactly one may, every time', async () => {
    for (let round = 0; round < 25; round += 1) {
      const org = await test.make.org();
      const [a, b] = [await callingMember(test, org, 'Owner'), await callingMember(test, org, 'Owner')];
      const answers = await Promise.all([
        a.api.patch(members(org, a), { role: 'Viewer' }),
        elsewhere(b.api).delete(members(org, b)),
      ]);
      expect([
        [200, 409],
        [409, 204],
      ]).toContainEqual(answers.map(({ status }) => status));
      expect(await owners(org)).toBe(1);
    }
  });
});

describe('what the guard saw is judged once more under the lock (G6)', () => {
  const demote = (org: { id: number }, { memberId }: { memberId: number }) =>
    `WITH locked AS (SELECT id FROM organizations WHERE id = ${org.id} FOR UPDATE)
     UPDATE members SET role_id = (SELECT id FROM roles WHERE organization_id IS NULL AND name = 'Viewer')
     FROM locked WHERE members.id = ${memberId}`;

  const writes = (org: { id: number }, target: { memberId: number }, role: number) =>
    [
      [
        'invite',
        (api: Client) => api.post(members(org), { email: 'new@example.com', role: 'Administrator' }),
      ],
      ['promote', (api: Client) => api.patch(members(org, target), { role: 'Administrator' })],
      ['remove', (api: Client) => api.delete(members(org, target))],
      [
        'define a role',
        (api: Client) => api.post(`/api/orgs/${org.id}/roles/`, { name: 'N', permissions: [] }),
      ],
      ['change a role', (api: Client) => api.patch(`/api/orgs/${org.id}/roles/${role}/`, { name: 'N' })],
      ['delete a role', (api: Client) => api.delete(`/api/orgs/${org.id}/roles/${role}/`)],
    ] as const;

  it('an administrator who is demoted between guard and write grants, changes and removes nothing', async () => {
    const org = await test.make.org();
    const target = await test.make.member(org, 'Viewer');
    const role = await test.make.role(org, []);
    for (const [what, send] of writes(org, target, role)) {
      const administrator = await callingMember(test, org, 'Administrator');
      const { status } = await changedInBetween(test.database, demote(org, administrator), () =>
        send(administrator.api),
      );
      expect({ what, status }).toEqual({ what, status: 403 });
    }
    expect(
      await test.database.query(
        `SELECT action FROM audit_events WHERE organization_id = ${org.id} AND action <> 'permission.refused'`,
      ),
    ).toEqual([]);
  });

  it('a removed member is outside (404), and so is one whose user or organization ended meanwhile', async () => {
    const endings = [
      (org: { id: number }, { memberId }: Caller & { memberId: number }) =>
        `WITH locked AS (SELECT id FROM organizations WHERE id = ${org.id} FOR UPDATE)
         DELETE FROM members USING locked WHERE members.id = ${memberId}`,
      (_: { id: number }, { id }: Caller) => `UPDATE users SET is_active = false WHERE id = ${id}`,
      ({ id }: { id: number }) => `UPDATE organizations SET disabled_at = app_now() WHERE id = ${id}`,
    ];
    for (const end of endings) {
      const org = await test.make.org();
      const owner = await callingMember(test, org, 'Owner');
      const target = await test.make.member(org, 'Viewer');
      const { status } = await changedInBetween(test.database, end(org, owner), () =>
        owner.api.patch(members(org, target), { role: 'Owner' }),
      );
      expect(status).toBe(404);
    }
  });

  it('a role that was narrowed in between grants no more than it holds now', async () => {
    const org = await test.make.org();
    const role = await test.make.role(org, ['member.manage', 'member.view', 'access_key.view']);
    const granted = await test.make.role(org, ['access_key.view']);
    const { api } = await callingMember(test, org, role);
    const narrow = `WITH locked AS (SELECT id FROM organizations WHERE id = ${org.id} FOR UPDATE)
      UPDATE roles SET permissions = '{member.manage,member.view}' FROM locked WHERE roles.id = ${role}`;
    const answer = await changedInBetween(test.database, narrow, () =>
      api.post(members(org), { email: 'x@example.com', role: granted }),
    );
    expect(answer).toMatchObject({ status: 403, body: { code: 'permission_denied' } });
  });

  it('an Owner who is demoted in between does not change the policy', async () => {
    const org = await test.make.org();
    const owner = await callingMember(test, org, 'Owner');
    const answer = await changedInBetween(test.database, demote(org, owner), () =>
      owner.api.patch(`/api/orgs/${org.id}/`, { policy: { allow_user_wide_keys: false } }),
    );
    expect(answer.status).toBe(403);
  });

  it('staff who lose is_staff in between add no member, enable no organization, reactivate nobody', async () => {
    const org = await test.make.org();
    const user = await test.make.user({ active: false });
    const sends = [
      (api: Client) => api.post(`/api/admin/orgs/${org.id}/members/`, { user: user.id, role: 'Owner' }),
      (api: Client) => api.patch(`/api/admin/orgs/${org.id}/`, { disabled: false }),
      (api: Client) => api.post(`/api/admin/users/${user.id}/activate/`),
    ];
    for (const send of sends) {
      const staff = await callingStaff(test);
      const dismiss = `UPDATE users SET is_staff = false WHERE id = ${staff.id}`;
      expect((await changedInBetween(test.database, dismiss, () => send(staff.api))).status).toBe(404);
    }
    expect(await owners(org)).toBe(0);
  });
});

describe('writes that meet', () => {
  it('a role that is granted while it is deleted: one of the two is refused, and nothing dangles', async () => {
    for (let round = 0; round < 15; round += 1) {
      const org = await test.make.org();
      const { api } = await callingMember(test, org, 'Owner');
      const role = await test.make.role(org, ['member.view']);
      const [granted, deleted] = await Promise.all([
        api.post(members(org), { email: 'x@example.com', role }),
        elsewhere(api).delete(`/api/orgs/${org.id}/roles/${role}/`),
      ]);
      expect([
        [201, 409],
        [400, 204],
      ]).toContainEqual([granted.status, deleted.status]);
    }
  });

  it('an invitation of somebody whom staff add meanwhile: one membership', async () => {
    for (let round = 0; round < 15; round += 1) {
      const org = await test.make.org();
      const owner = await callingMember(test, org, 'Owner');
      const staff = await callingStaff(test);
      const path = members(org);
      const [invited, added] = await Promise.all([
        owner.api.post(path, { email: staff.email, role: 'Viewer' }),
        elsewhere(staff.api).post(`/api/admin/orgs/${org.id}/members/`, { user: staff.id, role: 'Viewer' }),
      ]);
      expect(added.status).toBe(201);
      expect([201, 400]).toContain(invited.status);
      expect((await owner.api.get(path)).body.count).toBe(2);
    }
  });

  it('one e-mail that is invited many times at once is invited once', async () => {
    const org = await test.make.org();
    const { api } = await callingMember(test, org, 'Owner');
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, n) =>
        (n % 2 ? api : elsewhere(api)).post(members(org), { email: 'many@example.com', role: 'Viewer' }),
      ),
    );
    expect(statusesOf(answers)).toEqual([201, ...Array<number>(9).fill(400)]);
  });
});
