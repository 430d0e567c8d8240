import fc from 'fast-check';
import { CONTRACT_PERMISSIONS as PERMISSIONS, CONTRACT_ROLES } from '../contract/role-table.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { callingMember } from '../support/callers.js';

let test: TestApp;
beforeAll(async () => {
  test = await startTestApp();
});
afterAll(() => test.close());

const path = (org: { id: number }, id?: number) => `/api/orgs/${org.id}/roles/${id ? `${id}/` : ''}`;

describe('GET …/roles/', () => {
  it('shows the system roles with the table of the contract, and the custom ones, with counts of this organization', async () => {
    const org = await test.make.org();
    const { api } = await callingMember(test, org, 'Viewer');
    await test.make.member(await test.make.org(), 'Viewer');
    const custom = await test.make.role(org, ['member.view'], 'Custom');
    await test.make.role(await test.make.org(), ['member.view'], 'Foreign');
    const { body } = await api.get(path(org));
    expect(body.count).toBe(5);
    const shipped = (body.results as { name: string; permissions: string[] }[]).filter(
      ({ name }) => name !== 'Custom',
    );
    expect(shipped.map((role) => ({ ...role, permissions: role.permissions.toSorted() }))).toEqual(
      expect.arrayContaining(
        Object.entries(CONTRACT_ROLES).map(([name, permissions]) => ({
          id: expect.any(Number) as number,
          name,
          is_system: true,
          permissions: permissions.toSorted(),
          member_count: name === 'Viewer' ? 1 : 0,
        })),
      ),
    );
    expect(body.results).toContainEqual({
      id: custom,
      name: 'Custom',
      is_system: false,
      permissions: ['member.view'],
      member_count: 0,
    });
    const names = async (query: string) =>
      (await api.get(`${path(org)}?${query}`)).body.results.map(({ name }: { name: string }) => name);
    expect(await names('is_system=false')).toEqual(['Custom']);
    expect(await names('search=vIEW')).toEqual(['Viewer']);
    expect(await names('ordering=-name')).toEqual(['Viewer', 'Owner', 'Custom', 'Analyst', 'Administrator']);
    expect((await api.get(`${path(org)}?is_system=perhaps`)).body).toEqual({
      is_system: ['Must be a valid boolean.'],
    });
  });
});

describe('custom roles', () => {
  it('are defined, changed for all who have them at once, and deleted', async () => {
    const org = await test.make.org();
    const { api, id: actor } = await callingMember(test, org, 'Administrator');
    const defined = await api.post(path(org), {
      name: ' Auditor ',
      permissions: ['audit_event.view', 'member.view'],
    });
    expect(defined).toMatchObject({
      status: 201,
      body: {
        name: 'Auditor',
        is_system: false,
        permissions: ['member.view', 'audit_event.view'],
        member_count: 0,
      },
    });
    expect(defined.headers.get('etag')).toBe('"1"');
    const role = path(org, defined.body.id);
    const changed = await api.patch(role, { permissions: [] });
    expect(changed).toMatchObject({ status: 200, body: { name: 'Auditor', permissions: [] } });
    expect((await api.get(role)).body).toEqual(changed.body);
    expect((await api.delete(role)).status).toBe(204);
    expect((await api.get(role)).status).toBe(404);
    const events = await test.database.query(
      `SELECT action, actor_id, subject_id FROM audit_events WHERE organization_id = $1 ORDER BY id`,
      [org.id],
    );
    expect(events).toEqual(
      ['role.defined', 'role.changed', 'role.deleted'].map((action) => ({
        action,
        actor_id: actor,
        subject_id: defined.body.id,
      })),
    );
  });

  it('can not be deleted while members or invitations have them: 409 role_in_use', async () => {
    const org = await test.make.org();
    const { api } = await callingMember(test, org, 'Owner');
    const role = await test.make.role(org, ['member.view']);
    const { body } = await api.post(`/api/orgs/${org.id}/members/`, { email: 'x@example.com', role });
    expect((await api.get(path(org, role))).body.member_count).toBe(1);
    expect(await api.delete(path(org, role))).toMatchObject({ status: 409, body: { code: 'role_in_use' } });
    await api.delete(`/api/orgs/${org.id}/members/${body.id}/`);
    expect((await api.delete(path(org, role))).status).toBe(204);
  });

  it('have names of their own in the organization, whatever the case, and none that looks like a system role', async () => {
    const org = await test.make.org();
    const { api } = await callingMember(test, org, 'Owner');
    const define = (name: string) => api.post(path(org), { name, permissions: [] });
    const duplicate = {
      status: 400,
      body: { non_field_errors: ['A role with this name already exists in this organization.'] },
    };
    const { body } = await define('Auditor');
    for (const name of ['AUDITOR', ' auditor', 'Owner', 'oWNER ', 'Ｏｗｎｅｒ', 'viewer']) {
      expect(await define(name)).toMatchObject(duplicate);
    }
    const second = await define('Second');
    expect(await api.patch(path(org, second.body.id), { name: 'auditor' })).toMatchObject(duplicate);
    expect(await api.patch(path(org, second.body.id), { name: 'Analyst' })).toMatchObject(duplicate);
    expect((await api.patch(path(org, body.id), { name: 'AUDITOR' })).status).toBe(200);
    const elsewhere = await test.make.org();
    const other = await callingMember(test, elsewhere, 'Owner');
    expect((await other.api.post(path(elsewhere), { name: 'Auditor', permissions: [] })).status).toBe(201);
  });

  it('hold known permissions only, each once (G7)', async () => {
    const org = await test.make.org();
    const { api } = await callingMember(test, org, 'Owner');
    const define = async (permissions: unknown) =>
      (await api.post(path(org), { name: 'New', permissions })).body;
    expect(await define(['member.view', 'everything'])).toEqual({
      permissions: ['"everything" is not a valid choice.'],
    });
    expect(await define('member.view')).toEqual({
      permissions: ['Expected a list of items but got type "str".'],
    });
    expect(await define(['member.view', 'member.view'])).toHaveProperty('permissions');
    expect(await define([null])).toHaveProperty('permissions');
    expect(await define([['member.view']])).toHaveProperty('permissions');
    expect(await define({ 0: 'member.view' })).toHaveProperty('permissions');
    expect(await define(undefined)).toEqual({ permissions: ['This field is required.'] });
  });

  it('take nothing but name and permissions, whatever else is sent (G3)', async () => {
    const org = await test.make.org();
    const { api } = await callingMember(test, org, 'Owner');
    const role = await test.make.role(org, ['member.view']);
    const { body: before } = await api.get(path(org, role));
    const names = fc.constantFrom(
      'id',
      'is_system',
      'organization_id',
      'organizationId',
      'member_count',
      'version',
      'created_at',
      'createdAt',
      '__proto__',
      'constructor',
      'toString',
      'hasOwnProperty',
      '',
    );
    const otherNames = fc.string().filter((name) => name !== 'name' && name !== 'permissions');
    const extra = fc.dictionary(fc.oneof(names, otherNames), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 6 });
    await fc.assert(
      fc.asyncProperty(extra, async (body) => {
        const text = JSON.stringify(body);
        const answer = await api.send('PATCH', path(org, role), text);
        // What reaches for the prototype is refused as a whole; anything else is passed over.
        const reaches = /"__proto__":|"constructor":\{(?:[^{}]*,)?"prototype":/.test(text);
        expect({ text, status: answer.status }).toEqual({ text, status: reaches ? 400 : 200 });
        expect((await api.get(path(org, role))).body).toEqual(before);
      }),
      { numRuns: 40 },
    );
  });
});

describe('system roles', () => {
  it('can be neither edited nor deleted: 409 system_role, or 403 for who holds less than they do', async () => {
    const org = await test.make.org();
    const owner = await callingMember(test, org, 'Owner');
    const administrator = await callingMember(test, org, 'Administrator');
    const { results } = (await owner.api.get(`${path(org)}?is_system=true`)).body;
    expect(results).toHaveLength(4);
    for (const { id, name } of results) {
      const conflict = { status: 409, body: { code: 'system_role' } };
      expect(await owner.api.patch(path(org, id), { permissions: [] })).toMatchObject(conflict);
      expect(await owner.api.delete(path(org, id))).toMatchObject(conflict);
      const status = name === 'Owner' ? 403 : 409;
      expect((await administrator.api.patch(path(org, id), { name: 'Mine' })).status).toBe(status);
    }
    expect((await owner.api.get(`${path(org)}?is_system=true`)).body.results).toEqual(results);
  });
});

describe('nobody defines, changes or deletes a role that holds what they lack (G7)', () => {
  it.each(PERMISSIONS)('%s', async (permission) => {
    const org = await test.make.org();
    const others = PERMISSIONS.filter((one) => one !== permission);
    const lacking = await test.make.role(org, [...new Set([...others, 'role.manage', 'role.view'])]);
    const { api } = await callingMember(test, org, lacking);
    const held = permission === 'role.manage' || permission === 'role.view';
    const holding = await test.make.role(org, [permission]);
    const empty = await test.make.role(org, []);
    const refused = [
      await api.post(path(org), { name: 'New', permissions: [permission] }),
      await api.patch(path(org, empty), { permissions: [permission] }),
      await api.patch(path(org, holding), { name: 'Renamed' }),
      await api.patch(path(org, holding), { permissions: [] }),
      await api.delete(path(org, await test.make.role(org, [permission]))),
    ];
    expect(refused.map(({ status }) => status)).toEqual(
      held ? [201, 200, 200, 200, 204] : Array(5).fill(403),
    );
    expect((await api.post(path(org), { name: 'Other', permissions: others })).status).toBe(201);
  });

  it('nobody widens the role they have', async () => {
    const org = await test.make.org();
    const role = await test.make.role(org, ['role.view', 'role.manage']);
    const { api } = await callingMember(test, org, role);
    expect(await api.patch(path(org, role), { permissions: [...PERMISSIONS] })).toMatchObject({
      status: 403,
      body: { code: 'permission_denied' },
    });
    expect((await api.patch(path(org, role), { permissions: ['role.view'] })).status).toBe(200);
    expect((await api.patch(path(org, role), { permissions: ['role.view', 'role.manage'] })).status).toBe(
      403,
    );
  });
});

describe('competing edits', () => {
  it('409 edit_conflict for a stale If-Match', async () => {
    const org = await test.make.org();
    const { api } = await callingMember(test, org, 'Owner');
    const role = await test.make.role(org, ['member.view']);
    const stale = api.with({ 'if-match': '"1"' });
    expect((await stale.patch(path(org, role), { name: 'First' })).status).toBe(200);
    const conflict = { status: 409, body: { code: 'edit_conflict' } };
    expect(await stale.patch(path(org, role), { name: 'Second' })).toMatchObject(conflict);
    expect(await stale.delete(path(org, role))).toMatchObject(conflict);
    expect((await api.get(path(org, role))).body.name).toBe('First');
  });
});

describe('GET …/permissions/', () => {
  it('lists every permission by category, in the envelope, to any member', async () => {
    const org = await test.make.org();
    const { api } = await callingMember(test, org, await test.make.role(org, []));
    const { status, body } = await api.get(`/api/orgs/${org.id}/permissions/`);
    expect({ status, ...body }).toMatchObject({ status: 200, count: 6, next: null, previous: null });
    const listed = body.results.flatMap(({ permissions }: { permissions: { codename: string }[] }) =>
      permissions.map(({ codename }) => codename),
    );
    expect(listed).toEqual(PERMISSIONS);
    expect(body.results[1]).toEqual({
      category: 'Members',
      permissions: [
        { codename: 'member.view', description: expect.any(String) as string },
        { codename: 'member.manage', description: expect.any(String) as string },
      ],
    });
    const second = await api.get(`/api/orgs/${org.id}/permissions/?page_size=4&page=2`);
    expect(second.body.results).toEqual(body.results.slice(4));
    expect((await api.get(`/api/orgs/${org.id}/permissions/?page=3`)).status).toBe(404);
  });
});
