import { startTestApp, type TestApp } from '../support/app.js';
import type { Client } from '../support/client.js';
import type { MadeKey } from '../support/factory.js';
import { bearerOf, sessionOf } from '../support/sign-in.js';

const DAY = 86_400;
let test: TestApp;
let org: { id: number };
let user: { id: number };
let old: MadeKey;
beforeAll(async () => {
  test = await startTestApp();
});
beforeEach(async () => {
  org = await test.make.org();
  user = await test.make.member(org, 'Analyst');
  old = await test.make.accessKey(user, { organization: org, expiresInSeconds: 90 * DAY });
  const policy = 'UPDATE organizations SET longest_key_lifetime_days = 30 WHERE id = $1';
  await test.database.query(policy, [org.id]);
});
afterAll(() => test.close());

const own = () => `/api/auth/access-keys/${old.id}/rotate/`;
/** Who may rotate the key without being staff, and where. */
const BY: [string, () => Promise<[Client, string]>][] = [
  ['its user’s session', async () => [test.api.as(await sessionOf(test, user)), own()]],
  ['its user’s token', async () => [test.api.as(await bearerOf(test, user)), own()]],
  ['the key itself', async () => [test.api.as(old), '/api/auth/access-keys/current/rotate/']],
];

async function inDays(days: number): Promise<string> {
  const [row] = await test.database.query<{ at: Date }>(
    'SELECT app_now() + make_interval(days => $1) AS at',
    [days],
  );
  return row?.at.toISOString() ?? '';
}

describe('A rotation gives no longer life than the policy of today gives, whatever the old key had (T4)', () => {
  it.each(BY)('by %s: cut to it by default', async (_who, caller) => {
    const [api, path] = await caller();
    const { status, body } = await api.post(path, {});
    const [row] = await test.database.query<{ seconds: number }>(
      'SELECT extract(epoch FROM expires_at - created_at)::int AS seconds FROM access_keys WHERE id = $1',
      [body.id],
    );
    expect({ status, ...row }).toEqual({ status: 201, seconds: 30 * DAY });
  });

  it.each(BY)(
    'by %s: 400 for a later one that is asked for, and what is earlier is taken',
    async (_who, caller) => {
      const [api, path] = await caller();
      const refused = await api.post(path, { expires_at: await inDays(31) });
      expect({ status: refused.status, fields: Object.keys(refused.body) }).toEqual({
        status: 400,
        fields: ['expires_at'],
      });
      const expires_at = await inDays(29);
      expect(await api.post(path, { expires_at })).toMatchObject({ status: 201, body: { expires_at } });
    },
  );
});
