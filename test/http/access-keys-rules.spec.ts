import { OPERATOR } from '../../src/access/principal.js';
import { AccessKeysService } from '../../src/api-access-keys/access-keys.service.js';
import { KeyImport } from '../../src/api-access-keys/imported/key-import.js';
import { ApiError } from '../../src/common/errors.js';
import { startTestApp, type TestApp } from '../support/app.js';
import type { Answer, Client } from '../support/client.js';
import { sha512Key } from '../support/django-keys.js';
import type { MadeKey, MadeUser } from '../support/factory.js';
import { bearerOf, sessionOf } from '../support/sign-in.js';

/**
 * Contract §4, which rules ask whom: every way in which a key comes into being, or back, against everything that can stand
 * against it. Written out by hand; `made` is success, all else the refusal as `status code-or-field`.
 */

const DAY = 86_400;
let test: TestApp;
beforeAll(async () => {
  test = await startTestApp();
});
afterAll(() => test.close());

/** An Analyst with a key that is confined to their organization, has 90 days to live, and was suspended where a way resumes. */
interface Setting {
  readonly org: { id: number };
  readonly user: MadeUser;
  readonly key: MadeKey;
  /** What the new key is to live: an instant, or nothing to take the default. */
  readonly expires: { expires_at?: string };
}

type Outcome = { status: number; told: string } | 'made';

/** A way: everything that it needs is put in place first, then, after the rule was broken, it is gone. */
type Way = (setting: Setting) => Promise<() => Promise<Outcome>>;

const told = ({ status, body }: Answer): Outcome => {
  if (status === 201 || status === 200) return 'made';
  return { status, told: body.code ?? Object.keys(body).join(' ') };
};
const staff = (): Promise<MadeUser> => test.make.user({ staff: true });
const byStaff = {
  session: async (): Promise<Client> => test.api.as(await sessionOf(test, await staff())),
  token: async (): Promise<Client> => test.api.as(await bearerOf(test, await staff())),
  'admin key': async (): Promise<Client> =>
    test.api.as({ key: (await test.make.accessKey(await staff(), { admin: true })).key }),
};
const byUser = {
  session: async (user: MadeUser): Promise<Client> => test.api.as(await sessionOf(test, user)),
  token: async (user: MadeUser): Promise<Client> => test.api.as(await bearerOf(test, user)),
};
const operator = async (act: () => Promise<unknown>): Promise<Outcome> => {
  try {
    await act();
    return 'made';
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const body = error.body() as { code?: string };
    return { status: error.status, told: body.code ?? Object.keys(body).join(' ') };
  }
};
const issueBody = ({ org, user, expires }: Setting) => ({
  user: user.id,
  organization: org.id,
  access_level: 'full_access',
  name: 'New',
  ...expires,
});
const suspend = (key: MadeKey, as: string) =>
  test.database.query('UPDATE access_keys SET suspended_at = app_now(), suspended_as = $2 WHERE id = $1', [
    key.id,
    as,
  ]);

const staffIssue =
  (api: () => Promise<Client>): Way =>
  async (setting) => {
    const client = await api();
    return async () => told(await client.post('/api/admin/access-keys/', issueBody(setting)));
  };
const staffRotation =
  (api: () => Promise<Client>): Way =>
  async ({ key, expires }) => {
    const client = await api();
    return async () => told(await client.post(`/api/admin/access-keys/${key.id}/rotate/`, expires));
  };
const ownIssue =
  (api: (user: MadeUser) => Promise<Client>): Way =>
  async (setting) => {
    const client = await api(setting.user);
    const body = { ...issueBody(setting), user: undefined }; // the caller's own
    return async () => told(await client.post('/api/auth/access-keys/', body));
  };
const ownRotation =
  (api: (user: MadeUser) => Promise<Client>): Way =>
  async ({ user, key, expires }) => {
    const client = await api(user);
    return async () => told(await client.post(`/api/auth/access-keys/${key.id}/rotate/`, expires));
  };

const WAYS: Readonly<Record<string, Way>> = {
  'issue by staff’s session': staffIssue(byStaff.session),
  'issue by staff’s token': staffIssue(byStaff.token),
  'issue by an admin key': staffIssue(byStaff['admin key']),
  'issue by the operator': async ({ org, user, expires }) => {
    const keys = test.app.get(AccessKeysService);
    const expiresAt = expires.expires_at === undefined ? null : new Date(expires.expires_at);
    const order = {
      userId: user.id,
      organizationId: org.id,
      accessLevel: 'full_access',
      name: 'New',
    } as const;
    return () => operator(() => keys.issue(OPERATOR, { ...order, expiresAt }));
  },
  'an import': async ({ org, user, expires }) => {
    const { prefix, hashed_key } = sha512Key();
    const row = { prefix, hashed_key, user_email: user.email, organization: org.id, ...expires };
    const line = JSON.stringify({ ...row, access_level: 'full_access', name: 'Moved' });
    return async () => {
      const report = await test.app.get(KeyImport, { strict: false }).importLines(OPERATOR, [line]);
      if (report.imported === 1) return 'made';
      return { status: 400, told: Object.keys(report.refused[0]?.errors ?? {}).join(' ') };
    };
  },
  'redeem by session': async (setting) => {
    const { expires_at } = setting.expires;
    const grant = await (
      await byStaff.session()
    ).post('/api/admin/access-key-grants/', {
      user: setting.user.id,
      organization: setting.org.id,
      access_level: 'full_access',
      name: 'Granted',
      reason: 'Asked for',
      ...(expires_at && { key_expires_at: expires_at }),
    });
    const client = await byUser.session(setting.user);
    return async () => told(await client.post(`/api/auth/access-key-grants/${grant.body.id}/redeem/`, {}));
  },
  'own issue by session': ownIssue(byUser.session),
  'own issue by token': ownIssue(byUser.token),
  'own rotation by session': ownRotation(byUser.session),
  'own rotation by token': ownRotation(byUser.token),
  'rotation by the key itself': async ({ key, expires }) => {
    const client = test.api.as(key);
    return async () => told(await client.post('/api/auth/access-keys/current/rotate/', expires));
  },
  'rotation by staff’s session': staffRotation(byStaff.session),
  'rotation by staff’s token': staffRotation(byStaff.token),
  'rotation by an admin key': staffRotation(byStaff['admin key']),
  'resume by its user': async ({ user, key }) => {
    await suspend(key, 'user');
    const client = await byUser.session(user);
    return async () => told(await client.post(`/api/auth/access-keys/${key.id}/resume/`, {}));
  },
  'resume by staff': async ({ key }) => {
    await suspend(key, 'staff');
    const client = await byStaff.session();
    return async () => told(await client.post(`/api/admin/access-keys/${key.id}/resume/`, {}));
  },
  'resume by an admin key': async ({ key }) => {
    await suspend(key, 'staff');
    const client = await byStaff['admin key']();
    return async () => told(await client.post(`/api/admin/access-keys/${key.id}/resume/`, {}));
  },
};

/** What can stand against a key: the change that breaks the rule, and how long the key is to live. */
const RULES: Readonly<Record<string, { sql: (s: Setting) => string; expiresInDays?: number }>> = {
  nothing: { sql: () => 'SELECT' },
  'its user is not active': { sql: ({ user }) => `UPDATE users SET is_active = false WHERE id = ${user.id}` },
  'its user is no member any more': {
    sql: ({ user, org }) => `DELETE FROM members WHERE user_id = ${user.id} AND organization_id = ${org.id}`,
  },
  'its organization is disabled': {
    sql: ({ org }) => `UPDATE organizations SET disabled_at = app_now() WHERE id = ${org.id}`,
  },
  'the role lacks access_key.issue': {
    sql: ({ org, user }) => `
      WITH role AS (
        INSERT INTO roles (organization_id, name, permissions) VALUES (${org.id}, 'None', '{organization.view}') RETURNING id)
      UPDATE members SET role_id = (SELECT id FROM role) WHERE user_id = ${user.id} AND organization_id = ${org.id}`,
  },
  'the policy forbids self-serve': {
    sql: ({ org }) => `UPDATE organizations SET self_serve_keys = false WHERE id = ${org.id}`,
  },
  'the policy allows fewer days than asked for': {
    sql: ({ org }) => `UPDATE organizations SET longest_key_lifetime_days = 1 WHERE id = ${org.id}`,
    expiresInDays: 10,
  },
  'the lineage ends before what is asked for': {
    sql: ({ key }) => `
      UPDATE access_keys SET renewable_until = app_now() + interval '2 days', expires_at = app_now() + interval '2 days'
      WHERE id = ${key.id}`,
    expiresInDays: 10,
  },
  'staff bound the lineage to an end before what is asked for': {
    sql: ({ key }) => `
      UPDATE access_keys SET renewal_bound = true, renewable_until = app_now() + interval '2 days',
        expires_at = app_now() + interval '2 days' WHERE id = ${key.id}`,
    expiresInDays: 10,
  },
  'the lineage has ended': {
    sql: ({ key }) => `UPDATE access_keys SET renewable_until = app_now() WHERE id = ${key.id}`,
  },
  'it is a key of staff': { sql: ({ user }) => `UPDATE users SET is_staff = true WHERE id = ${user.id}` },
};

const refusal = (status: number, told: string): Outcome => ({ status, told });
const DEAD_KEY = refusal(401, 'authentication_failed');
const DEAD_SESSION = refusal(401, 'authentication_failed');
const DEAD_TOKEN = refusal(401, 'user_inactive');
const FORBIDDEN = refusal(403, 'permission_denied');
const TOO_LATE = refusal(400, 'expires_at');
const conflict = (code: string): Outcome => refusal(409, code);

/** Per way the rules that refuse, and how; every other rule is not asked. */
const REFUSED: Readonly<Record<string, Readonly<Record<string, Outcome>>>> = {};
const issuedFor = {
  'its user is not active': refusal(400, 'user'),
  'its user is no member any more': refusal(400, 'organization'),
  'its organization is disabled': refusal(400, 'organization'),
};
const rotatedFor = {
  'its user is not active': conflict('user_inactive'),
  'its user is no member any more': conflict('not_a_member'),
  'its organization is disabled': conflict('no_such_organization'),
};
const policyAsked = {
  'the role lacks access_key.issue': FORBIDDEN,
  'the policy forbids self-serve': FORBIDDEN,
  'the policy allows fewer days than asked for': TOO_LATE,
};
Object.assign(REFUSED, {
  'issue by staff’s session': issuedFor,
  'issue by staff’s token': issuedFor,
  'issue by an admin key': { ...issuedFor, 'it is a key of staff': FORBIDDEN },
  'issue by the operator': issuedFor,
  'an import': { ...issuedFor, 'its user is not active': refusal(400, 'user_email') },
  'redeem by session': {
    'its user is not active': DEAD_SESSION,
    'its user is no member any more': conflict('grant_void'),
    'its organization is disabled': conflict('grant_void'),
  },
  'own issue by session': {
    ...policyAsked,
    'its user is not active': DEAD_SESSION,
    'its user is no member any more': refusal(400, 'organization'),
    'its organization is disabled': refusal(400, 'organization'),
  },
  'own issue by token': {
    ...policyAsked,
    'its user is not active': DEAD_TOKEN,
    'its user is no member any more': refusal(400, 'organization'),
    'its organization is disabled': refusal(400, 'organization'),
  },
  'own rotation by session': {
    ...policyAsked,
    ...rotatedFor,
    'its user is not active': DEAD_SESSION,
    'staff bound the lineage to an end before what is asked for': TOO_LATE,
  },
  'own rotation by token': {
    ...policyAsked,
    ...rotatedFor,
    'its user is not active': DEAD_TOKEN,
    'staff bound the lineage to an end before what is asked for': TOO_LATE,
  },
  'rotation by the key itself': {
    ...policyAsked,
    'its user is not active': DEAD_KEY,
    'its user is no member any more': DEAD_KEY,
    'its organization is disabled': conflict('no_such_organization'),
    'the lineage ends before what is asked for': TOO_LATE,
    'staff bound the lineage to an end before what is asked for': TOO_LATE,
    'the lineage has ended': conflict('key_not_live'),
  },
  'rotation by staff’s session': rotatedFor,
  'rotation by staff’s token': rotatedFor,
  'rotation by an admin key': { ...rotatedFor, 'it is a key of staff': FORBIDDEN },
  'resume by its user': {
    ...rotatedFor,
    'its user is not active': DEAD_SESSION,
    'the lineage has ended': conflict('key_not_live'),
  },
  'resume by staff': { ...rotatedFor, 'the lineage has ended': conflict('key_not_live') },
  'resume by an admin key': {
    ...rotatedFor,
    'the lineage has ended': conflict('key_not_live'),
    'it is a key of staff': FORBIDDEN,
  },
});

const keysOf = (user: MadeUser) =>
  test.database.query(
    'SELECT id, suspended_at IS NULL AS runs, replaced_by_id FROM access_keys WHERE user_id = $1 ORDER BY id',
    [user.id],
  );
const inDays = async (days: number): Promise<string> => {
  const [row] = await test.database.query<{ at: Date }>(
    'SELECT app_now() + make_interval(days => $1) AS at',
    [days],
  );
  return row?.at.toISOString() ?? '';
};

const CASES = Object.keys(WAYS).flatMap((way) => Object.keys(RULES).map((rule) => [way, rule] as const));

describe('Whether a key may be made, or come back (contract §4)', () => {
  it('has an expectation for ways and rules that there are, and for no others', () => {
    expect(Object.keys(REFUSED).toSorted()).toEqual(Object.keys(WAYS).toSorted());
    const named = new Set(Object.values(REFUSED).flatMap((rules) => Object.keys(rules)));
    expect([...named].filter((rule) => !(rule in RULES))).toEqual([]);
    expect(CASES.length).toBe(17 * 11);
  });

  it.each(CASES)('%s, when %s', async (way, name) => {
    const rule = RULES[name];
    const org = await test.make.org();
    const user = await test.make.member(org, 'Analyst');
    const key = await test.make.accessKey(user, { organization: org, expiresInSeconds: 90 * DAY });
    const days = rule?.expiresInDays;
    const setting = { org, user, key, expires: days ? { expires_at: await inDays(days) } : {} };
    const go = await WAYS[way]?.(setting);
    await test.database.query(rule?.sql(setting) ?? '');
    const before = await keysOf(user);
    const outcome = await go?.();
    expect(outcome).toEqual(REFUSED[way]?.[name] ?? 'made');
    const changed = JSON.stringify(await keysOf(user)) !== JSON.stringify(before);
    expect(changed).toBe(outcome === 'made');
  });
});
