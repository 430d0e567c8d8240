import type { SystemRole } from '../../src/access/system-roles.js';
import { CONTRACT_ROLE_NAMES, CONTRACT_ROLES } from '../contract/role-table.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { callingMember } from '../support/callers.js';

let test: TestApp;
beforeAll(async () => {
  test = await startTestApp();
});
afterAll(() => test.close());

const path = (org: { id: number }, member?: { memberId: number }) =>
  `/api/orgs/${org.id}/members/${member ? `${member.memberId}/` : ''}`;

describe('GET …/members/', () => {
  it('lists active and invited members in the envelope, an invited one without any detail of a user', async () => {
    const org = await test.make.org();
    const owner = await callingMember(test, org, 'Owner');
    const known = await test.make.user();
    await owner.api.post(path(org), { email: known.email, role: 'Viewer' });
    const answer = await owner.api.get(path(org));
    expect(answer.body).toMatchObject({ count: 2, next: null, previous: null });
    expect(answer.body.results).toEqual([
      {
        id: owner.memberId,
        status: 'active',
        user: { id: owner.id, email: owner.email, name: expect.any(String) as string },
        role: { id: expect.any(Number) as number, name: 'Owner' },
        created_at: expect.any(String) as string,
      },
      expect.objectContaining({
        status: 'invited',
        user: { id: null, email: known.email, name: null },
        role: { id: expect.any(Number) as number, name: 'Viewer' },
      }),
    ]);
  });

  it('orders, searches, filters and pages by the named fields alone', async () => {
    const org = await test.make.org();
    const { api, ...owner } = await callingMember(test, org, 'Owner');
    const viewer = await test.make.member(org, 'Viewer');
    await api.post(path(org), { email: 'zed@example.org', role: 'Viewer' });
    const emails = async (query: string) =>
      (await api.get(`${path(org)}?${query}`)).body.results.map(
        (member: { user: { email: string } }) => member.user.email,
      );
    const all = [owner.email, viewer.email, 'zed@example.org'];
    expect(await emails('ordering=email')).toEqual([...all].sort());
    expect(await emails('ordering=-email')).toEqual([...all].sort().reverse());
    expect(await emails('ordering=id')).toEqual(all); // made in this order
    expect(await emails('ordering=-id')).toEqual(all.toReversed());
    expect(await emails('ordering=created_at')).toEqual(all);
    expect(await emails('ordering=-created_at')).toEqual(all.toReversed());
    expect((await emails('ordering=role,id'))[0]).toBe(owner.email);
    expect((await emails('ordering=-role'))[2]).toBe(owner.email);
    expect((await emails('ordering=-status'))[0]).toBe('zed@example.org'); // invited before active
    expect((await emails('ordering=status'))[2]).toBe('zed@example.org');
    const named = (direction: string) => emails(`ordering=${direction}name&status=active`);
    await test.database.query(`UPDATE users SET name = 'Aaron' WHERE id = $1`, [viewer.id]);
    expect(await named('')).toEqual([viewer.email, owner.email]);
    expect(await named('-')).toEqual([owner.email, viewer.email]);
    expect(await emails('ordering=password_hash')).toEqual(all);
    expect(await emails("ordering=id);DROP TABLE members--'")).toEqual(all);
    expect(await emails('search=ZED')).toEqual(['zed@example.org']);
    expect(await emails('search=%25')).toEqual([]);
    expect(await emails('status=invited')).toEqual(['zed@example.org']);
    expect(await emails(`user=${viewer.id}`)).toEqual([viewer.email]);
    const [role] = (await api.get(`/api/orgs/${org.id}/roles/?search=viewer`)).body.results;
    expect(await emails(`role=${role.id}&ordering=id`)).toEqual([viewer.email, 'zed@example.org']);
    const second = await api.get(`${path(org)}?page_size=2&page=2&ordering=id`);
    expect(second.body.results.length).toBe(1);
    expect(second.body.previous).toContain(`${path(org)}?page_size=2&ordering=id`);
  });

  it('bad filters are 400 under their name, bad pages and ids 404, none is a 500 (G8)', async () => {
    const org = await test.make.org();
    const { api } = await callingMember(test, org, 'Owner');
    expect(await api.get(`${path(org)}?status=gone&role=x&user=1e3`)).toMatchObject({
      status: 400,
      body: {
        status: ['Select a valid choice. gone is not one of the available choices.'],
        role: ['Enter a number.'],
        user: ['Enter a number.'],
      },
    });
    for (const page of ['0', '-1', '1e3', '0x1', '1 2', '2', '9223372036854775808', 'first', '1&page=2']) {
      expect(await api.get(`${path(org)}?page=${page}`)).toMatchObject({
        status: 404,
        body: { detail: 'Invalid page.' },
      });
    }
    for (const id of [
      '0',
      '-1',
      '1e3',
      '0x1',
      '%201',
      '01',
      '1.0',
      '2147483648',
      '9223372036854775808',
      '%00',
    ]) {
      expect(await api.get(`${path(org)}${id}/`)).toMatchObject({ status: 404, body: { code: 'not_found' } });
    }
    expect((await api.get(`${path(org)}?page_size=1000000`)).status).toBe(200);
  });
});

describe('POST …/members/', () => {
  it('answers a known and an unknown e-mail alike: an invitation', async () => {
    const org = await test.make.org();
    const { api, id: actor } = await callingMember(test, org, 'Administrator');
    const known = await test.make.user();
    const shapes = [];
    for (const email of [known.email, 'nobody-of-ours@example.com']) {
      const { status, headers, body } = await api.post(path(org), { email, role: 'Analyst' });
      expect(body.user).toEqual({ id: null, email, name: null });
      shapes.push({ status, etag: headers.get('etag'), ...body, id: 0, user: null, created_at: null });
    }
    expect(shapes[0]).toEqual(shapes[1]);
    expect(shapes[0]).toMatchObject({ status: 'invited' });
    const events = await test.database.query(
      `SELECT actor_id, user_id, details FROM audit_events WHERE organization_id = $1 AND action = 'member.invited' ORDER BY id`,
      [org.id],
    );
    expect(events[0]).toEqual({
      actor_id: actor,
      user_id: null,
      details: { email: known.email, role: 'Analyst' },
    });
    expect(events).toHaveLength(2);
  });

  it('invites nobody in: the invited user reaches the organization only after accepting', async () => {
    const org = await test.make.org();
    const { api } = await callingMember(test, org, 'Owner');
    const invited = await test.make.user();
    await api.post(path(org), { email: invited.email, role: 'Owner' });
    const { key } = await test.make.accessKey(invited);
    expect(await test.api.as({ key }).get(path(org))).toMatchObject({ status: 404 });
    expect((await test.api.as({ key }).get('/api/orgs/')).body).toEqual([]);
  });

  it('takes a role by id or by name, and refuses one of another organization like one that is not there', async () => {
    const org = await test.make.org();
    const { api } = await callingMember(test, org, 'Owner');
    const own = await test.make.role(org, ['member.view'], 'Reader');
    const foreign = await test.make.role(await test.make.org(), ['member.view'], 'Foreign');
    const invite = (role: unknown) => api.post(path(org), { email: 'reader@example.com', role });
    expect((await invite(foreign)).body).toEqual({
      role: [`Invalid pk "${foreign}" - object does not exist.`],
    });
    expect((await invite(999_999)).body).toEqual({ role: ['Invalid pk "999999" - object does not exist.'] });
    expect((await invite('Foreign')).body).toEqual({ role: ['Object with name=Foreign does not exist.'] });
    const beside = (role: unknown) => api.post(path(org), { email: 'no address', role });
    expect((await beside('Foreign')).body).toEqual({
      email: ['Enter a valid email address.'],
      role: ['Object with name=Foreign does not exist.'],
    });
    expect((await beside(own)).body).toEqual({ email: ['Enter a valid email address.'] });
    expect((await invite(-1)).status).toBe(400);
    expect((await invite(1.5)).status).toBe(400);
    expect((await invite(2 ** 63)).status).toBe(400);
    expect((await invite(['Owner'])).status).toBe(400);
    expect((await invite({ id: own })).status).toBe(400);
    expect((await invite('a\0')).status).toBe(400);
    expect((await invite(undefined)).body).toEqual({ role: ['This field is required.'] });
    expect(await invite(own)).toMatchObject({ status: 201, body: { role: { id: own, name: 'Reader' } } });
  });

  it('takes a role by the digits of its id, as a form has it; a role of that very name comes first', async () => {
    const org = await test.make.org();
    const { api } = await callingMember(test, org, 'Owner');
    const reader = await test.make.role(org, ['member.view'], 'Reader');
    const byForm = api.with({ 'content-type': 'application/x-www-form-urlencoded' });
    const invite = (email: string, role: unknown) =>
      byForm.post(path(org), `email=${encodeURIComponent(email)}&role=${String(role)}`);
    expect(await invite('a@example.com', reader)).toMatchObject({
      status: 201,
      body: { role: { id: reader } },
    });
    expect((await invite('b@example.com', 999_999)).body).toEqual({
      role: ['Invalid pk "999999" - object does not exist.'],
    });
    const foreign = await test.make.role(await test.make.org(), ['member.view'], 'Foreign');
    expect((await invite('b@example.com', foreign)).body).toEqual({
      role: [`Invalid pk "${foreign}" - object does not exist.`],
    });
    const named = await test.make.role(org, ['role.view'], String(reader));
    expect(await invite('b@example.com', reader)).toMatchObject({
      status: 201,
      body: { role: { id: named } },
    });
  });

  it('an invitation and a member are one person in every spelling of the e-mail (D10)', async () => {
    const org = await test.make.org();
    const { api, email } = await callingMember(test, org, 'Owner');
    const invite = (address: string) => api.post(path(org), { email: address, role: 'Viewer' });
    expect(await invite('Grace.Hopper@Example.com')).toMatchObject({
      status: 201,
      body: { user: { email: 'grace.hopper@example.com' } },
    });
    for (const spelling of [
      'grace.hopper@example.com',
      ' GRACE.HOPPER＠EXAMPLE.COM. ',
      'grace.hopper@ｅxample.com',
    ]) {
      expect(await invite(spelling)).toMatchObject({
        status: 400,
        body: { non_field_errors: ['This e-mail address is already invited to this organization.'] },
      });
    }
    expect(await invite(email.toUpperCase())).toMatchObject({
      status: 400,
      body: { non_field_errors: ['This user is already a member of this organization.'] },
    });
    expect((await invite('not an address')).body).toEqual({ email: ['Enter a valid email address.'] });
  });

  it('neither a user, a status nor an organization can be named (G3)', async () => {
    const org = await test.make.org();
    const other = await test.make.org();
    const { api } = await callingMember(test, org, 'Owner');
    const body = { email: 'g3@example.com', role: 'Viewer', status: 'active', user_id: 1, user: 1, id: 1 };
    const answer = await api.post(path(org), { ...body, organization: other.id, organization_id: other.id });
    expect(answer).toMatchObject({ status: 201, body: { status: 'invited', user: { id: null } } });
    expect(await test.database.query(`SELECT 1 FROM members WHERE organization_id = ${other.id}`)).toEqual(
      [],
    );
  });
});

describe('nobody grants what they do not hold, nor touches who holds what they lack (G7)', () => {
  const covers = (actor: SystemRole, role: SystemRole) =>
    CONTRACT_ROLES[role].every((permission) => CONTRACT_ROLES[actor].includes(permission));

  it.each(CONTRACT_ROLE_NAMES.flatMap((actor) => CONTRACT_ROLE_NAMES.map((role) => [actor, role] as const)))(
    '%s inviting, promoting to, demoting and removing %s',
    async (actor, role) => {
      const org = await test.make.org();
      await test.make.member(org, 'Owner');
      const { api } = await callingMember(test, org, actor);
      const target = await test.make.member(org, 'Viewer');
      const holder = await test.make.member(org, role);
      const manages = CONTRACT_ROLES[actor].includes('member.manage');
      const allowed = manages && covers(actor, role);
      expect((await api.post(path(org), { email: 'new@example.com', role })).status).toBe(
        allowed ? 201 : 403,
      );
      expect((await api.patch(path(org, target), { role })).status).toBe(allowed ? 200 : 403);
      expect((await api.patch(path(org, holder), { role: 'Viewer' })).status).toBe(allowed ? 200 : 403);
      const another = await test.make.member(org, role);
      expect((await api.delete(path(org, another))).status).toBe(allowed ? 204 : 403);
    },
  );

  it('nobody promotes themselves', async () => {
    const org = await test.make.org();
    await test.make.member(org, 'Owner');
    const administrator = await callingMember(test, org, 'Administrator');
    expect(await administrator.api.patch(path(org, administrator), { role: 'Owner' })).toMatchObject({
      status: 403,
      body: { code: 'permission_denied' },
    });
    const managing = await test.make.role(org, ['member.manage', 'member.view']);
    const manager = await callingMember(test, org, managing);
    const wider = await test.make.role(org, ['member.manage', 'member.view', 'role.view']);
    expect((await manager.api.patch(path(org, manager), { role: wider })).status).toBe(403);
    expect((await manager.api.patch(path(org, manager), { role: 'Viewer' })).status).toBe(403);
    expect((await manager.api.get(path(org, manager))).body.role).toMatchObject({ id: managing });
  });
});

describe('the last Owner', () => {
  it('can be neither demoted nor removed: 409 last_owner, also by themselves (G7)', async () => {
    const org = await test.make.org();
    const owner = await callingMember(test, org, 'Owner');
    const conflict = { status: 409, body: { code: 'last_owner' } };
    expect(await owner.api.patch(path(org, owner), { role: 'Viewer' })).toMatchObject(conflict);
    expect(await owner.api.delete(path(org, owner))).toMatchObject(conflict);
    expect((await owner.api.patch(path(org, owner), { role: 'Owner' })).status).toBe(200);
  });

  it('is not replaced by an invited or a deactivated Owner', async () => {
    const org = await test.make.org();
    const owner = await callingMember(test, org, 'Owner');
    await owner.api.post(path(org), { email: 'next-owner@example.com', role: 'Owner' });
    await test.make.member(org, 'Owner', await test.make.user({ active: false }));
    expect(await owner.api.delete(path(org, owner))).toMatchObject({ status: 409 });
    await test.make.member(org, 'Owner');
    expect((await owner.api.delete(path(org, owner))).status).toBe(204);
  });

  it('of an organization: an invited or deactivated Owner can be removed by the last one', async () => {
    const org = await test.make.org();
    const { api } = await callingMember(test, org, 'Owner');
    const { body } = await api.post(path(org), { email: 'never@example.com', role: 'Owner' });
    const inactive = await test.make.member(org, 'Owner', await test.make.user({ active: false }));
    expect((await api.delete(`${path(org)}${body.id}/`)).status).toBe(204);
    expect((await api.delete(path(org, inactive))).status).toBe(204);
  });
});

describe('PATCH and DELETE …/members/{id}/', () => {
  it('409 edit_conflict for a stale If-Match; a removed member is 404 from then on', async () => {
    const org = await test.make.org();
    const { api } = await callingMember(test, org, 'Owner');
    const member = await test.make.member(org, 'Viewer');
    const stale = api.with({ 'if-match': '"1"' });
    expect((await stale.patch(path(org, member), { role: 'Analyst' })).headers.get('etag')).toBe('"2"');
    const conflict = { status: 409, body: { code: 'edit_conflict' } };
    expect(await stale.patch(path(org, member), { role: 'Viewer' })).toMatchObject(conflict);
    expect(await stale.delete(path(org, member))).toMatchObject(conflict);
    expect((await api.get(path(org, member))).body.role).toMatchObject({ name: 'Analyst' });
    expect((await api.with({ 'if-match': '"2"' }).delete(path(org, member))).status).toBe(204);
    expect((await api.delete(path(org, member))).status).toBe(404);
    expect((await api.patch(path(org, member), {})).status).toBe(404);
  });

  it('an empty PATCH changes nothing that shows', async () => {
    const org = await test.make.org();
    const { api } = await callingMember(test, org, 'Owner');
    const member = await test.make.member(org, 'Viewer');
    const before = await api.get(path(org, member));
    expect((await api.patch(path(org, member), {})).body).toEqual(before.body);
  });

  it('who leaves by a key that is confined to the organization has left, and the key opens nothing more', async () => {
    const org = await test.make.org();
    await test.make.member(org, 'Owner');
    const leaving = await test.make.member(org, 'Administrator');
    const { key } = await test.make.accessKey(leaving, { organization: org });
    const api = test.api.as({ key });
    expect((await api.delete(path(org, leaving))).status).toBe(204);
    expect((await api.get(path(org))).status).toBe(401);
    expect(await test.database.query(`SELECT FROM members WHERE id = ${leaving.memberId}`)).toEqual([]);
  });

  it('a removed member can be invited again', async () => {
    const org = await test.make.org();
    const { api } = await callingMember(test, org, 'Owner');
    const member = await test.make.member(org, 'Viewer');
    await api.delete(path(org, member));
    expect((await api.post(path(org), { email: member.email, role: 'Viewer' })).status).toBe(201);
  });
});
