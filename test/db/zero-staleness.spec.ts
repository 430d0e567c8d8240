import { Client } from 'pg';
import { startTestApp, type TestApp } from '../support/app.js';
import type { Answer, Client as ApiClient } from '../support/client.js';
import type { MadeUser } from '../support/factory.js';
import { bearerOf, sessionOf } from '../support/sign-in.js';
import { until } from '../support/until.js';

let one: TestApp;
let two: TestApp;
beforeAll(async () => {
  one = await startTestApp();
  two = await one.another();
});
afterAll(async () => {
  await two.close();
  await one.close();
});

interface Setting {
  org: { id: number };
  member: MadeUser & { memberId: number };
  keyId: number;
}

/** What each change does, as plain SQL: nobody tells any instance of it. */
const CHANGES: Record<
  string,
  { sql: string; of: (setting: Setting) => number; status: number; touches: string[] }
> = {
  'the key is revoked': {
    sql: 'UPDATE access_keys SET revoked_at = now() WHERE id = $1',
    of: ({ keyId }) => keyId,
    status: 401,
    touches: ['key'],
  },
  'the key expires': {
    sql: `UPDATE access_keys SET expires_at = now() WHERE id = $1`,
    of: ({ keyId }) => keyId,
    status: 401,
    touches: ['key'],
  },
  'the user is deactivated': {
    sql: 'UPDATE users SET is_active = false WHERE id = $1',
    of: ({ member }) => member.id,
    status: 401,
    touches: ['key', 'jwt', 'session'],
  },
  'the user’s authentication epoch is raised': {
    sql: 'UPDATE users SET auth_epoch = auth_epoch + 1 WHERE id = $1',
    of: ({ member }) => member.id,
    status: 401,
    touches: ['jwt', 'session'],
  },
  'the membership ends': {
    sql: 'DELETE FROM members WHERE id = $1',
    of: ({ member }) => member.memberId,
    status: 404,
    touches: ['key', 'jwt', 'session'],
  },
  'the organization is disabled': {
    sql: 'UPDATE organizations SET disabled_at = now() WHERE id = $1',
    of: ({ org }) => org.id,
    status: 404,
    touches: ['key', 'jwt', 'session'],
  },
  'the role loses the permission': {
    sql: `UPDATE members SET role_id = (SELECT id FROM roles WHERE organization_id IS NULL AND name = 'Viewer') WHERE id = $1`,
    of: ({ member }) => member.memberId,
    status: 403,
    touches: ['key', 'jwt', 'session'],
  },
};

describe('A change holds for the very next request, on every instance, though nobody announced it (A14, A15, A19, B7, G5)', () => {
  it.each(Object.entries(CHANGES))('%s', async (_name, { sql, of, status, touches }) => {
    const org = await one.make.org();
    const member = await one.make.member(org, 'Administrator');
    const { id: keyId, key } = await one.make.accessKey(member);
    const credentials = {
      key: { key },
      jwt: await bearerOf(one, member),
      session: await sessionOf(one, member),
    };
    const path = `/api/orgs/${org.id}/audit-events/`;
    for (const name of touches as (keyof typeof credentials)[]) {
      for (const { api } of [one, two]) {
        const warm = await Promise.all(Array.from({ length: 50 }, () => api.as(credentials[name]).get(path)));
        expect(new Set(warm.map((answer) => answer.status))).toEqual(new Set([200]));
      }
    }
    await one.database.query(sql, [of({ org, member, keyId })]);
    for (const name of touches as (keyof typeof credentials)[]) {
      for (const { api } of [two, one])
        expect((await api.as(credentials[name]).get(path)).status).toBe(status);
    }
  });
});

it('a good key opens and 2,000 guesses at its secret do not, sent together in one stream: no verdict is taken for another’s (A16)', async () => {
  const member = await one.make.member(await one.make.org(), 'Viewer');
  const { prefix, key } = await one.make.accessKey(member);
  const guess = (n: number): string => `${prefix}.${String(n).padStart(32, 'x')}`;
  const answers: Answer[] = [];
  for (let n = 0; n < 4_000; n += 50) {
    const round = Array.from({ length: 50 }, (_, i) =>
      one.api.as({ key: i % 2 ? guess(n + i) : key }).get('/api/orgs/'),
    );
    answers.push(...(await Promise.all(round)));
  }
  expect(answers.map(({ status }) => status)).toEqual(
    Array.from({ length: 4_000 }, (_, n) => (n % 2 ? 401 : 200)),
  );
});

it('a write paused after its verification is refused by a revocation that commits meanwhile, which stays (A17)', async () => {
  const org = await one.make.org();
  const member = await one.make.member(org, 'Owner');
  const { id, key } = await one.make.accessKey(member);
  const holder = new Client({ connectionString: one.database.superuserUrl });
  await holder.connect();
  try {
    await holder.query('BEGIN');
    await holder.query('SELECT FROM organizations WHERE id = $1 FOR UPDATE', [org.id]);
    const paused = rename(one.api.as({ key }), org.id);
    await until(async () => (await waitingForLocks(holder)) > 0); // it is verified, and waits for the row
    await one.database.query(
      `UPDATE access_keys SET revoked_at = now(), revoke_reason = 'leaked' WHERE id = $1`,
      [id],
    );
    await holder.query('COMMIT');
    expect(await paused).toBe(401);
  } finally {
    await holder.end();
  }
  const [row] = await one.database.query(
    'SELECT revoked_at IS NOT NULL AS revoked, revoke_reason FROM access_keys WHERE id = $1',
    [id],
  );
  expect(row).toEqual({ revoked: true, revoke_reason: 'leaked' });
  for (const { api } of [one, two]) expect((await api.as({ key }).get('/api/orgs/')).status).toBe(401);
});

async function rename(api: ApiClient, orgId: number): Promise<number> {
  return (await api.patch(`/api/orgs/${orgId}/`, { name: 'Renamed while paused' })).status;
}

async function waitingForLocks(client: Client): Promise<number> {
  const { rows } = await client.query<{ waiting: number }>(
    `SELECT count(*)::int AS waiting FROM pg_stat_activity
     WHERE datname = current_database() AND wait_event_type = 'Lock' AND usename = 'cryptocomply_service'`,
  );
  return rows[0]?.waiting ?? 0;
}
