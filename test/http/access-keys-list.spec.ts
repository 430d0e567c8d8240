import { startTestApp, type TestApp } from '../support/app.js';
import { callingStaff } from '../support/callers.js';
import type { Client } from '../support/client.js';
import type { MadeUser } from '../support/factory.js';

const PATH = '/api/admin/access-keys/';
let test: TestApp;
let staff: Client;
let user: MadeUser;
let keys: Record<string, number>;

beforeAll(async () => {
  test = await startTestApp();
  staff = (await callingStaff(test)).api;
  const org = await test.make.org();
  user = await test.make.member(org, 'Viewer');
  keys = {
    active: (await test.make.accessKey(user, { level: 'read_only' })).id,
    superseded: (await test.make.accessKey(user, { organization: org })).id,
    suspended: (await test.make.accessKey(user)).id,
    expired: (await test.make.accessKey(user, { expiresInSeconds: -1 })).id,
    revoked: (await test.make.accessKey(user)).id,
  };
  // Each holds of the later states as well what the earlier ones are judged by: the first that applies counts.
  const set = (columns: string, ids: (number | undefined)[]) =>
    test.database.query(`UPDATE access_keys SET ${columns} WHERE id = ANY($1)`, [ids]);
  await set(`replaced_by_id = ${keys.active}`, [keys.superseded, keys.suspended, keys.expired, keys.revoked]);
  await set('suspended_at = now()', [keys.suspended, keys.expired, keys.revoked]);
  await set(`expires_at = '2001-01-01'`, [keys.revoked]);
  await set('revoked_at = now()', [keys.revoked]);
  await set(`last_used_at = '2020-01-01'`, [keys.active]);
});
afterAll(() => test.close());

async function found(query: string): Promise<string[]> {
  const { status, body } = await staff.get(`${PATH}?user=${user.id}&ordering=id&${query}`);
  expect(status).toBe(200);
  const ids = (body.results as { id: number }[]).map(({ id }) => id);
  return ids.map((id) => Object.keys(keys).find((name) => keys[name] === id) ?? '?');
}

const ALL = ['active', 'superseded', 'suspended', 'expired', 'revoked'];

describe('GET /api/admin/access-keys/', () => {
  it.each(ALL)('status is the first that applies: %s', async (status) => {
    expect(await found(`status=${status}`)).toEqual([status]);
  });

  it('filters by organization, level, expiry, last use and prefix, of which a blank one is none (T10)', async () => {
    expect(await found('')).toEqual(ALL);
    expect(await found('access_level=read_only')).toEqual(['active']);
    expect(await found('expires_before=2002-01-01T00:00:00Z')).toEqual(['revoked']);
    expect(await found('expires_before=2002-01-01T20:00:00%2B20:00')).toEqual(['revoked']);
    expect(await found('last_used_before=2021-01-01T00:00:00Z')).toEqual(['active']);
    expect(await found('last_used_before=2021-01-01T00:00:00-16:00')).toEqual(['active']);
    expect(await found('never_used=false')).toEqual(['active']);
    expect(await found('never_used=true')).toEqual(ALL.slice(1));
    const { prefix, organization } = (await staff.get(`${PATH}${keys.superseded}/`)).body;
    expect(await found(`prefix=${prefix}`)).toEqual(['superseded']);
    expect(await found('prefix=%20')).toEqual(ALL);
    expect(await found(`organization=${organization}`)).toEqual(['superseded']);
  });

  it('filters go together, and one that names nobody finds nothing', async () => {
    expect(await found('never_used=true&status=suspended')).toEqual(['suspended']);
    expect(await found('access_level=read_only&status=revoked')).toEqual([]);
    expect(await found('organization=999999')).toEqual([]);
    const { body } = await staff.get(`${PATH}?user=${(await test.make.user()).id}`);
    expect(body).toMatchObject({ count: 0, next: null, previous: null, results: [] });
  });

  it('expires_before judges by the end that a key really has: of its grace, when that comes first', async () => {
    await test.database.query(`UPDATE access_keys SET retires_at = '2002-01-01' WHERE id = $1`, [
      keys.superseded,
    ]);
    expect(await found('expires_before=2002-01-02T00:00:00Z')).toEqual(['superseded', 'revoked']);
    expect(await found('status=superseded')).toEqual([]);
    await test.database.query('UPDATE access_keys SET retires_at = NULL WHERE id = $1', [keys.superseded]);
  });

  it('shows of a key exactly what the contract lists', async () => {
    const { body } = await staff.get(`${PATH}${keys.revoked}/`);
    expect(body).toEqual({
      id: keys.revoked,
      name: 'Test key',
      prefix: expect.stringMatching(/^[A-Za-z0-9]{8}$/) as string,
      user: user.id,
      organization: null,
      access_level: 'full_access',
      admin: false,
      status: 'revoked',
      expires_at: '2001-01-01T00:00:00.000Z',
      created_at: expect.stringMatching(/Z$/) as string,
      created_by: null,
      issued_via: 'cli',
      last_used_at: null,
      last_used_ip: null,
      last_used_user_agent: null,
      suspended_until: null,
      revoked_at: expect.stringMatching(/Z$/) as string,
      revoked_by: null,
      revoke_reason: null,
      replaces: null,
      replaced_by: keys.active,
      grace_seconds: null,
      retires_at: null,
      allowed_networks: [],
      renewable_until: null,
    });
    const [listed] = (await staff.get(`${PATH}?user=${user.id}&status=revoked`)).body.results as unknown[];
    expect(listed).toEqual(body);
  });

  const order = async (ordering: string): Promise<string[]> =>
    (await staff.get(`${PATH}?user=${user.id}&ordering=${ordering}`)).body.results.map(
      ({ id }: { id: number }) => Object.keys(keys).find((name) => keys[name] === id),
    );

  it('orders by what it names, and by nothing else', async () => {
    const [oldest, newest] = [keys.suspended, keys.superseded];
    await test.database.query(`UPDATE access_keys SET created_at = '2001-01-01' WHERE id = $1`, [oldest]);
    await test.database.query(`UPDATE access_keys SET created_at = '2101-01-01' WHERE id = $1`, [newest]);
    expect(await order('id')).toEqual(ALL);
    expect(await order('-id')).toEqual(ALL.toReversed());
    expect(await order('expires_at')).toEqual(['revoked', 'expired', 'active', 'superseded', 'suspended']);
    expect(await order('-last_used_at')).toEqual(['active', 'revoked', 'expired', 'suspended', 'superseded']);
    expect(await order('created_at')).toEqual(['suspended', 'active', 'expired', 'revoked', 'superseded']);
    expect(await order('digest')).toEqual(ALL.toReversed());
  });

  it('puts the dead last when it is asked to', async () => {
    expect(await order('ended,-id')).toEqual(['suspended', 'superseded', 'active', 'revoked', 'expired']);
    expect(await order('ended,id')).toEqual(['active', 'superseded', 'suspended', 'expired', 'revoked']);
  });

  it("searches name, prefix and the user's e-mail", async () => {
    await test.database.query(`UPDATE access_keys SET name = 'Nightly 100%' WHERE id = $1`, [keys.active]);
    expect(await found('search=nightly+100%25')).toEqual(['active']);
    expect(await found(`search=${encodeURIComponent(user.email.toUpperCase())}`)).toEqual(ALL);
    const { prefix } = (await staff.get(`${PATH}${keys.expired}/`)).body;
    expect(await found(`search=${prefix}`)).toContain('expired');
    expect(await found('search=nobody')).toEqual([]);
  });

  it('400 under the name of a filter that makes no sense, and pages that keep the filters', async () => {
    const bad = 'status=alive&organization=x&expires_before=2002&never_used=maybe&access_level=admin';
    const answer = await staff.get(`${PATH}?${bad}&user=0&last_used_before=2030-01-01T00:00:00`);
    expect({ status: answer.status, fields: Object.keys(answer.body).toSorted() }).toEqual({
      status: 400,
      fields: [
        'access_level',
        'expires_before',
        'last_used_before',
        'never_used',
        'organization',
        'status',
        'user',
      ],
    });
    const page = await staff.get(`${PATH}?user=${user.id}&page_size=2`);
    expect(page.body).toMatchObject({ count: 5, previous: null });
    expect(page.body.next).toContain(`user=${user.id}`);
  });
});
