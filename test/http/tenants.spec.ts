import { describeApi } from '../../src/openapi/describe-api.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { type Caller, callingMember, caller } from '../support/callers.js';
import type { Answer } from '../support/client.js';

let test: TestApp;
beforeAll(async () => {
  test = await startTestApp();
});
afterAll(() => test.close());

/** Everything of an answer that a caller could tell two refusals apart by. */
function visible({ status, headers, text }: Answer): object {
  const told = [...headers].filter(([name]) => name !== 'date');
  return { status, text, headers: told };
}

/** Every route below an organization, as the OpenAPI document has it, of the organization with this id. */
function routes(org: number | string): [method: string, path: string][] {
  return Object.entries(describeApi(test.app).paths)
    .filter(([path]) => path.startsWith('/api/orgs/{org_pk}'))
    .flatMap(([path, item]) =>
      Object.keys(item)
        .filter((method) => ['get', 'post', 'put', 'patch', 'delete'].includes(method))
        .map((method): [string, string] => [
          method.toUpperCase(),
          path.replace('{org_pk}', String(org)).replace(/\{\w+\}/g, '1'),
        ]),
    );
}

async function refusal({ api }: Caller, method: string, path: string, body: unknown): Promise<object> {
  const answer = await api.with({ 'x-request-id': 'the-same' }).send(method, path, body);
  return visible(answer);
}

describe('what belongs to another organization is not there (G1)', () => {
  it('a foreign, a disabled and an absent organization are 404 byte for byte, on every route', async () => {
    const owner = await callingMember(test, await test.make.org(), 'Owner');
    const foreign = await test.make.org();
    await test.make.member(foreign, 'Owner');
    const disabled = await test.make.org();
    await test.make.member(disabled, 'Owner', owner);
    await test.database.query(`UPDATE organizations SET disabled_at = app_now() WHERE id = ${disabled.id}`);
    const absent = await refusal(owner, 'GET', '/api/orgs/999999/', undefined);
    expect(absent).toMatchObject({ status: 404, text: '{"detail":"Not found.","code":"not_found"}' });
    expect(routes(1).length).toBeGreaterThan(25);
    const ids = [foreign.id, disabled.id, 999_999, 0, '01', '1e3', '0x1', '%201', '2147483648', 'x'];
    for (const id of ids) {
      for (const [method, path] of routes(id)) {
        const body = method === 'GET' || method === 'DELETE' ? undefined : { name: 5, nonsense: true };
        expect({ method, path, ...(await refusal(owner, method, path, body)) }).toEqual({
          method,
          path,
          ...absent,
        });
      }
    }
  });

  it('members and roles of another organization, named in the own one, are 404 like absent ones', async () => {
    const org = await test.make.org();
    const owner = await callingMember(test, org, 'Owner');
    const foreign = await test.make.org();
    const { memberId } = await test.make.member(foreign, 'Viewer');
    const role = await test.make.role(foreign, ['member.view']);
    for (const [kind, id] of [
      ['members', memberId],
      ['roles', role],
    ] as const) {
      for (const [method, body] of [
        ['GET', undefined],
        ['PATCH', { role: 'Owner', name: 'Mine', permissions: [] }],
        ['PATCH', { role: 5.5, name: 5, permissions: 5 }],
        ['DELETE', undefined],
      ] as const) {
        const [there, nowhere] = [
          await refusal(owner, method, `/api/orgs/${org.id}/${kind}/${id}/`, body),
          await refusal(owner, method, `/api/orgs/${org.id}/${kind}/999999/`, body),
        ];
        expect(there).toEqual(nowhere);
        expect(there).toMatchObject({ status: 404, text: '{"detail":"Not found.","code":"not_found"}' });
      }
    }
    const rows = await test.database.query(
      `SELECT m.version, r.name FROM members m JOIN roles r ON r.id = m.role_id WHERE m.id = ${memberId}`,
    );
    expect(rows).toEqual([{ version: 1, name: 'Viewer' }]);
  });

  it('lists and counts hold rows of the own organization alone', async () => {
    const [org, foreign] = [await test.make.org(), await test.make.org()];
    const owner = await callingMember(test, org, 'Owner');
    const stranger = await test.make.member(foreign, 'Owner');
    await test.make.role(foreign, [], 'Secret plan');
    const members = await owner.api.get(`/api/orgs/${org.id}/members/?search=${stranger.email}`);
    expect(members.body.count).toBe(0);
    expect((await owner.api.get(`/api/orgs/${org.id}/members/?user=${stranger.id}`)).body.count).toBe(0);
    expect((await owner.api.get(`/api/orgs/${org.id}/roles/?search=secret`)).body.count).toBe(0);
    const [role] = (await owner.api.get(`/api/orgs/${org.id}/roles/?search=owner`)).body.results;
    expect(role.member_count).toBe(1);
  });

  it('a key that is confined to one organization finds the others of its user absent', async () => {
    const [org, second] = [await test.make.org(), await test.make.org()];
    const user = await test.make.member(org, 'Owner');
    await test.make.member(second, 'Owner', user);
    const { key } = await test.make.accessKey(user, { organization: org });
    const confined: Caller = { ...user, api: test.api.as({ key }) };
    const absent = await refusal(confined, 'GET', '/api/orgs/999999/', undefined);
    for (const [method, path] of routes(second.id)) {
      expect(await refusal(confined, method, path, method === 'GET' ? undefined : {})).toEqual(absent);
    }
    expect((await confined.api.get(`/api/orgs/${org.id}/`)).status).toBe(200);
  });

  it('a user-wide key finds an organization that does not allow such keys absent, and gone from the list', async () => {
    const org = await test.make.org();
    const owner = await callingMember(test, org, 'Owner');
    const wide = await caller(test, owner);
    await owner.api.patch(`/api/orgs/${org.id}/`, { policy: { allow_user_wide_keys: false } });
    expect((await wide.api.get(`/api/orgs/${org.id}/`)).status).toBe(404);
    expect((await wide.api.get('/api/orgs/')).body).toEqual([]);
  });
});
