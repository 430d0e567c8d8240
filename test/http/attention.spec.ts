import { startTestApp, type TestApp } from '../support/app.js';
import { caller, callingMember, callingStaff } from '../support/callers.js';
import type { Client } from '../support/client.js';
import type { MadeKey, MadeUser } from '../support/factory.js';
import { bearerOf, sessionOf } from '../support/sign-in.js';

let test: TestApp;
let org: { id: number; name: string };
let user: MadeUser;
let api: Client;
beforeAll(async () => {
  test = await startTestApp();
});
afterAll(() => test.close());
beforeEach(async () => {
  org = await test.make.org();
  user = await test.make.member(org, 'Analyst');
  api = test.api.as(await sessionOf(test, user));
});

const PATH = '/api/auth/attention/';
const NOTHING = { count: 0, results: [] };
const NEEDS = [
  'expiring',
  'never_used',
  'unused',
  'superseded_in_use',
  'blocked',
  'invitations',
  'grants',
  'requests',
  'provider_keys',
];
type Group = { count: number; results: { id: number }[] };

/** The ids of every group that isn't empty. */
async function needs(client = api): Promise<Record<string, number[]>> {
  const { status, body } = await client.get(PATH);
  expect(status).toBe(200);
  const groups = Object.entries(body as Record<string, Group>).filter(([, { count }]) => count > 0);
  return Object.fromEntries(groups.map(([need, { results }]) => [need, results.map(({ id }) => id)]));
}

const key = (over: object = {}): Promise<MadeKey> =>
  test.make.accessKey(user, { organization: org, ...over });
const change = (sql: string, { id }: { id: number }) =>
  test.database.query(`UPDATE access_keys SET ${sql} WHERE id = $1`, [id]);
const used = 'last_used_at = app_now()';

describe('GET /api/auth/attention/', () => {
  it('tells who has nothing to do that there is nothing, by session and by token', async () => {
    for (const client of [api, test.api.as(await bearerOf(test, user))]) {
      expect(await client.get(PATH)).toMatchObject({
        status: 200,
        body: Object.fromEntries(NEEDS.map((need) => [need, NOTHING])),
      });
    }
  });

  it('403 for an access key, 401 for nobody', async () => {
    const { api: byKey } = await caller(test, user);
    expect(await byKey.get(PATH)).toMatchObject({ status: 403, body: { code: 'wrong_credential_kind' } });
    expect((await test.api.get(PATH)).status).toBe(401);
  });

  it('expiring: active keys with less than 14 days to live, the first to end first', async () => {
    const day = 86_400;
    const [later, sooner, fine] = [
      await key({ expiresInSeconds: 13 * day }),
      await key({ expiresInSeconds: day }),
      await key({ expiresInSeconds: 15 * day }),
    ];
    for (const one of [later, sooner, fine]) await change(used, one);
    expect(await needs()).toEqual({ expiring: [sooner.id, later.id] });
  });

  it('never_used: active keys without a use, the oldest first; unused: those used last over 90 days ago', async () => {
    const [young, old, stale, fresh] = [await key(), await key(), await key(), await key()];
    await change(`created_at = created_at - interval '1 day'`, old);
    await change(`last_used_at = app_now() - interval '91 days'`, stale);
    await change(`last_used_at = app_now() - interval '89 days'`, fresh);
    expect(await needs()).toEqual({ never_used: [old.id, young.id], unused: [stale.id] });
  });

  it('superseded_in_use: rotated keys that were used since, and no others', async () => {
    const [left, inUse] = [await key(), await key()];
    for (const one of [left, inUse]) {
      await change(
        `created_at = created_at - interval '1 day', last_used_at = app_now() - interval '1 hour'`,
        one,
      );
      const { status, body } = await api.post(`/api/auth/access-keys/${one.id}/rotate/`, {});
      expect(status).toBe(201);
      await change(used, body as { id: number });
    }
    await change(`last_used_at = app_now() + interval '1 second'`, inUse);
    expect(await needs()).toEqual({ superseded_in_use: [inUse.id] });
  });

  it('blocked: keys that the policy of their organization does not allow any more, and nothing else of them', async () => {
    const [endless, fine] = [await key(), await key({ expiresInSeconds: 30 * 86_400 })];
    for (const one of [endless, fine]) await change(used, one);
    expect(await needs()).toEqual({});
    await test.database.query('UPDATE organizations SET enforce_on_use = true WHERE id = $1', [org.id]);
    expect(await needs()).toEqual({ blocked: [endless.id] });
  });

  it('tells nothing of keys that are revoked, expired, suspended or of somebody else', async () => {
    const [revoked, expired, suspended] = [await key(), await key(), await key()];
    await change('revoked_at = app_now()', revoked);
    await change('expires_at = app_now()', expired);
    await change(`suspended_at = app_now(), suspended_as = 'user'`, suspended);
    await test.make.accessKey(await test.make.member(org, 'Owner'), { organization: org });
    expect(await needs()).toEqual({});
  });

  it('counts and lists the very keys that the filters of the list of keys give', async () => {
    for (let n = 0; n < 3; n += 1) await key({ expiresInSeconds: 600 });
    await change(`last_used_at = app_now() - interval '100 days'`, await key());
    const { body } = await api.get(PATH);
    const [now] = await test.database.query<{ soon: Date; long_ago: Date }>(
      `SELECT app_now() + interval '14 days' AS soon, app_now() - interval '90 days' AS long_ago`,
    );
    const filters: Record<string, string> = {
      expiring: `expires_before=${now?.soon.toISOString()}`,
      never_used: 'never_used=true',
      unused: `last_used_before=${now?.long_ago.toISOString()}`,
    };
    for (const [need, filter] of Object.entries(filters)) {
      const list = await api.get(`/api/auth/access-keys/?status=active&ordering=id&${filter}`);
      const { count, results } = body[need] as Group;
      expect(count).toBeGreaterThan(0);
      expect({ need, count, results }).toEqual({ need, count: list.body.count, results: list.body.results });
    }
  });

  it('shows the first ten of many, and tells how many there are', async () => {
    const keys: MadeKey[] = [];
    for (let n = 0; n < 12; n += 1) keys.push(await key());
    const { never_used: group } = (await api.get(PATH)).body as Record<string, Group>;
    expect(group?.count).toBe(12);
    expect(group?.results.map(({ id }) => id)).toEqual(keys.slice(0, 10).map(({ id }) => id));
  });

  it('invitations and open grants of the caller, and of nobody else', async () => {
    const host = await test.make.org();
    const owner = await callingMember(test, host, 'Owner');
    const invite = async (email: string): Promise<number> =>
      (await owner.api.post(`/api/orgs/${host.id}/members/`, { email, role: 'Viewer' })).body.id as number;
    const invitation = await invite(user.email);
    await invite('somebody-else-altogether@example.com');
    const staff = await callingStaff(test);
    const grantTo = async ({ id }: MadeUser): Promise<number> =>
      (
        await staff.api.post('/api/admin/access-key-grants/', {
          user: id,
          organization: org.id,
          access_level: 'read_only',
          name: 'Granted',
          reason: 'Asked for',
        })
      ).body.id as number;
    const [grant, cancelled] = [await grantTo(user), await grantTo(user)];
    await grantTo(await test.make.member(org, 'Viewer'));
    await staff.api.post(`/api/admin/access-key-grants/${cancelled}/cancel/`);
    expect(await needs()).toEqual({ invitations: [invitation], grants: [grant] });
    const { body } = await api.get(PATH);
    expect(body.invitations.results).toEqual((await api.get('/api/auth/invitations/')).body.results);
    expect(body.grants.results).toEqual(
      (await api.get('/api/auth/access-key-grants/?status=open')).body.results,
    );
  });

  it('requests: open ones of others, for managers of the organization and for staff, and for nobody else', async () => {
    const ask = async (client: Client): Promise<number> => {
      const { status, body } = await client.post('/api/auth/access-key-requests/', {
        organization: org.id,
        access_level: 'read_only',
        name: 'Nightly',
        reason: 'For the nightly job',
      });
      expect(status).toBe(201);
      return body.id as number;
    };
    const owner = test.api.as(await sessionOf(test, await test.make.member(org, 'Owner')));
    const [asked, declined, owners] = [await ask(api), await ask(api), await ask(owner)];
    await owner.post(`/api/orgs/${org.id}/access-key-requests/${declined}/decline/`, { reason: 'No' });
    expect(await needs()).toEqual({});
    expect(await needs(owner)).toEqual({ requests: [asked] });
    const { body } = await owner.get(PATH);
    const list = await owner.get(`/api/orgs/${org.id}/access-key-requests/?status=open&user=${user.id}`);
    expect(body.requests.results).toEqual(list.body.results);
    const stranger = test.api.as(
      await sessionOf(test, await test.make.member(await test.make.org(), 'Owner')),
    );
    expect(await needs(stranger)).toEqual({});
    const { requests } = await needs((await callingStaff(test)).api);
    expect(requests).toEqual([asked, owners]);
  });

  it('provider_keys: enabled ones that calls fail with, where the caller may manage them', async () => {
    const owner = await test.make.member(org, 'Owner');
    const elsewhere = await test.make.org();
    await test.make.member(elsewhere, 'Analyst', owner);
    const byOwner = test.api.as(await sessionOf(test, owner));
    const store = async ({ id }: { id: number }, health: string, enabled = true): Promise<number> => {
      const keeper = test.api.as(await sessionOf(test, await test.make.member({ id }, 'Owner')));
      const { body } = await keeper.post(`/api/orgs/${id}/api-keys/`, {
        key_type: 'H',
        name: health,
        key: `provider-${id}-${health}-0123456789`,
        enabled,
      });
      await test.database.query('UPDATE provider_keys SET health = $1 WHERE id = $2', [health, body.id]);
      return body.id as number;
    };
    const bad = await store(org, 'bad_key');
    await store(org, 'ok');
    await store(org, 'unknown');
    await store(org, 'quota', false);
    await store(elsewhere, 'restricted');
    const { body } = await byOwner.get(PATH);
    expect(body.provider_keys).toEqual({
      count: 1,
      results: [
        {
          id: bad,
          organization: { id: org.id, name: org.name },
          key_type: 'H',
          name: 'bad_key',
          masked_key: expect.stringContaining('***') as string,
          health: 'bad_key',
        },
      ],
    });
    expect((await api.get(PATH)).body.provider_keys).toEqual(NOTHING);
    await test.database.query('UPDATE organizations SET disabled_at = app_now() WHERE id = $1', [org.id]);
    expect((await byOwner.get(PATH)).body.provider_keys).toEqual(NOTHING);
  });
});
