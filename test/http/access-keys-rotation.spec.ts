import { KeyLastUse } from '../../src/api-access-keys/use/last-use.js';
import { startTestApp, type TestApp } from '../support/app.js';
import type { Answer, Client } from '../support/client.js';
import type { MadeKey } from '../support/factory.js';

const PATH = '/api/admin/access-keys/';
const DAY = 86_400;
let test: TestApp;
let staff: Client;

beforeAll(async () => {
  test = await startTestApp();
  // A key that does not expire, where sessions would: the clock is moved here by years.
  const { key } = await test.make.accessKey(await test.make.user({ staff: true }), { admin: true });
  staff = test.api.as({ key });
});
afterEach(() => test.database.shiftClock(0));
afterAll(() => test.close());

const use = (key: string): Promise<Answer> => test.api.as({ key }).get('/api/orgs/');
const works = async (key: string): Promise<boolean> => (await use(key)).status === 200;

async function rotate(old: { id: number }, body: object = {}): Promise<MadeKey> {
  const answer = await staff.post(`${PATH}${old.id}/rotate/`, body);
  expect(answer.status).toBe(201);
  return answer.body as MadeKey;
}

const shown = async ({ id }: { id: number }): Promise<Answer['body']> =>
  (await staff.get(`${PATH}${id}/`)).body;

/** Moves the database's clock to this many milliseconds before (negative) or after the moment that a key ends. */
async function clockAround({ id }: { id: number }, milliseconds: number): Promise<void> {
  // The clock stands still, so that a slow machine can't step over the edge.
  await test.database.query(
    `DO $$ DECLARE ends timestamptz := (SELECT least(expires_at, retires_at) FROM access_keys WHERE id = ${id}); BEGIN
      EXECUTE format('CREATE OR REPLACE FUNCTION public.app_now() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE
        AS %L', format('SELECT %L::timestamptz', ends + interval '${milliseconds} milliseconds')); END $$`,
  );
}

describe('POST …/rotate/', () => {
  it('gives a successor of the same reach and level, and both keys work (T5)', async () => {
    const org = await test.make.org();
    const old = await test.make.accessKey(await test.make.member(org, 'Analyst'), {
      level: 'read_only',
      organization: org,
    });
    const successor = await rotate(old);
    expect(successor).toMatchObject({
      organization: org.id,
      access_level: 'read_only',
      replaces: old.id,
      admin: false,
    });
    expect([await works(old.key), await works(successor.key)]).toEqual([true, true]);
    expect(await shown(old)).toMatchObject({ status: 'superseded', replaced_by: successor.id });
    expect(await shown(successor)).toMatchObject({ status: 'active', replaces: old.id });
  });

  it('does not start the clock before the successor is used: the old key outlives any grace (T4)', async () => {
    const old = await test.make.accessKey(await test.make.user());
    await rotate(old, { grace_seconds: 0 });
    await test.database.shiftClock(400 * DAY);
    expect(await works(old.key)).toBe(true);
  });

  it.each([
    [-1, true],
    [0, false],
    [1, false],
  ])(
    '%i ms from first use plus grace: the old key works: %p, the new one always (T4, T5)',
    async (ms, alive) => {
      const old = await test.make.accessKey(await test.make.user());
      const successor = await rotate(old, { grace_seconds: 3600 });
      expect(await works(successor.key)).toBe(true);
      await clockAround(old, ms);
      expect([await works(old.key), await works(successor.key)]).toEqual([alive, true]);
      expect((await shown(old)).status).toBe(alive ? 'superseded' : 'expired');
    },
  );

  it.each([
    [-1, true],
    [0, false],
    [1, false],
  ])('a grace never extends a dying key: %i ms from its own expiry it works: %p (T4)', async (ms, alive) => {
    const old = await test.make.accessKey(await test.make.user(), { expiresInSeconds: 600 });
    const successor = await rotate(old, { grace_seconds: 30 * DAY, expires_at: '2090-01-01T00:00:00Z' });
    expect(await works(successor.key)).toBe(true);
    await clockAround(old, ms);
    expect([await works(old.key), await works(successor.key)]).toEqual([alive, true]);
  });

  it.each([
    [-1, true],
    [0, false],
    [1, false],
  ])(
    'nor does a successor that nobody uses: %i ms from its own expiry the old key works: %p (T4)',
    async (ms, alive) => {
      const old = await test.make.accessKey(await test.make.user(), { expiresInSeconds: 600 });
      const successor = await rotate(old, { expires_at: '2090-01-01T00:00:00Z' });
      await clockAround(old, ms);
      expect([await works(old.key), await works(successor.key)]).toEqual([alive, true]);
    },
  );

  it.each([
    [-1, true],
    [0, false],
    [1, false],
  ])(
    '%i ms from its own expiry the successor works: %p, the old key in its grace always',
    async (ms, alive) => {
      const old = await test.make.accessKey(await test.make.user());
      const expires_at = await test.database.query<{ at: Date }>(
        `SELECT app_now() + interval '600 seconds' AS at`,
      );
      const successor = await rotate(old, {
        grace_seconds: 3600,
        expires_at: expires_at[0]?.at.toISOString(),
      });
      expect(await works(successor.key)).toBe(true);
      await clockAround(successor, ms);
      expect([await works(old.key), await works(successor.key)]).toEqual([true, alive]);
    },
  );

  it('the longest grace runs from the first use, however late that is', async () => {
    const old = await test.make.accessKey(await test.make.user());
    const successor = await rotate(old, { grace_seconds: 30 * DAY });
    await test.database.shiftClock(100 * DAY);
    expect(await works(successor.key)).toBe(true);
    await clockAround(old, -1);
    expect([await works(old.key), await works(successor.key)]).toEqual([true, true]);
    const [row] = await test.database.query<{ seconds: number }>(
      `SELECT round(extract(epoch FROM app_now() - statement_timestamp()) / 60)::int * 60 AS seconds`,
    );
    expect(row?.seconds).toBe(130 * DAY);
    await clockAround(old, 0);
    expect([await works(old.key), await works(successor.key)]).toEqual([false, true]);
  });

  it('a first use that is refused for what it asks is a first use all the same; asking for a diagnosis is none', async () => {
    const old = await test.make.accessKey(await test.make.user(), { level: 'read_only' });
    const successor = await rotate(old, { grace_seconds: 0 });
    await test.api.post('/api/auth/access-keys/diagnose/', { key: successor.key });
    await test.api.as({ key: `${successor.prefix}.${'A'.repeat(32)}` }).get('/api/orgs/');
    expect(await works(old.key)).toBe(true);
    expect((await test.api.as(successor).post('/api/auth/access-keys/current/revoke/', {})).status).toBe(403);
    expect([await works(old.key), await works(successor.key)]).toEqual([false, true]);
  });

  it('grace_seconds 0 ends the old key with the first use of the new one, committed before that is answered', async () => {
    const old = await test.make.accessKey(await test.make.user());
    const successor = await rotate(old, { grace_seconds: 0 });
    expect(await works(old.key)).toBe(true);
    expect(await works(successor.key)).toBe(true);
    expect(await works(old.key)).toBe(false);
  });

  it('repeated while the successor is unused: a new successor replaces it, and the old key lives on (T17)', async () => {
    const old = await test.make.accessKey(await test.make.user());
    const lost = await rotate(old, { grace_seconds: 0 });
    const found = await rotate(old, { grace_seconds: 0 });
    expect([await works(lost.key), await works(old.key), await works(found.key)]).toEqual([
      false,
      true,
      true,
    ]);
    expect(await shown(lost)).toMatchObject({ status: 'revoked' });
  });

  it('repeated when the successor was used: 409, and nothing happens to either key (T17)', async () => {
    const old = await test.make.accessKey(await test.make.user());
    const successor = await rotate(old);
    await use(successor.key);
    const again = await staff.post(`${PATH}${old.id}/rotate/`, {});
    expect(again).toMatchObject({
      status: 409,
      body: { code: 'already_rotated', detail: 'This key was rotated and its successor is in use.' },
    });
    expect([await works(old.key), await works(successor.key)]).toEqual([true, true]);
  });

  it('of a first use and a repeated rotation at the same moment exactly one wins', async () => {
    for (let round = 0; round < 10; round += 1) {
      const old = await test.make.accessKey(await test.make.user());
      const successor = await rotate(old, { grace_seconds: 0 });
      const [used, again] = await Promise.all([
        use(successor.key),
        staff.post(`${PATH}${old.id}/rotate/`, {}),
      ]);
      expect([`${used.status} ${again.status}`]).toEqual([expect.stringMatching(/^(200 409|401 201)$/)]);
      expect(await works(old.key)).toBe(again.status === 201);
    }
  });

  it('50 first uses at once all pass, and start one clock', async () => {
    const old = await test.make.accessKey(await test.make.user());
    const successor = await rotate(old, { grace_seconds: 3600 });
    const answers = await Promise.all(Array.from({ length: 50 }, () => use(successor.key)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    const { status, expires_at: end } = await shown(old);
    expect({ status, end }).toEqual({ status: 'superseded', end: expect.any(String) as string });
    await test.database.shiftClock(120);
    expect((await use(successor.key)).status).toBe(200);
    expect((await shown(old)).expires_at).toBe(end);
  });

  it('a successor that is revoked before its first use leaves the old key as if it had not been rotated', async () => {
    const old = await test.make.accessKey(await test.make.user());
    const successor = await rotate(old, { grace_seconds: 0 });
    await staff.post(`${PATH}${successor.id}/revoke/`, {});
    expect([await works(old.key), await works(successor.key)]).toEqual([true, false]);
    expect(await shown(old)).toMatchObject({ status: 'active', replaced_by: null });
  });

  it('revoke with include_successors takes the whole line of successors along; without, only the one key', async () => {
    const first = await test.make.accessKey(await test.make.user());
    const second = await rotate(first);
    await use(second.key);
    const third = await rotate(second);
    await staff.post(`${PATH}${second.id}/revoke/`, {});
    expect([await works(first.key), await works(second.key), await works(third.key)]).toEqual([
      true,
      false,
      true,
    ]);
    await staff.post(`${PATH}${first.id}/revoke/`, { include_successors: true });
    expect([await works(first.key), await works(second.key), await works(third.key)]).toEqual([
      false,
      false,
      false,
    ]);
  });

  it('through itself a key takes along the successors that it made, and no cure that a person made', async () => {
    const first = await test.make.accessKey(await test.make.user());
    const revoke = ({ key }: { key: string }) =>
      test.api.as({ key }).post('/api/auth/access-keys/current/revoke/', { include_successors: true });
    const cure = await rotate(first);
    await use(cure.key);
    expect((await revoke(first)).status).toBe(200);
    expect([await works(first.key), await works(cure.key)]).toEqual([false, true]);
    const own = (await test.api.as({ key: cure.key }).post('/api/auth/access-keys/current/rotate/', {}))
      .body as MadeKey;
    await use(own.key);
    expect((await revoke(cure)).status).toBe(200);
    expect([await works(cure.key), await works(own.key)]).toEqual([false, false]);
  });

  it('gives the successor as long a life as the old key was given, unless told otherwise', async () => {
    const user = await test.make.user();
    const old = await test.make.accessKey(user, { expiresInSeconds: 90 * DAY });
    await test.database.shiftClock(80 * DAY);
    const successor = (await rotate(old)) as unknown as { expires_at: string };
    const [row] = await test.database.query<{ days: number }>(
      `SELECT round(extract(epoch FROM $1::timestamptz - app_now()) / 86400)::int AS days`,
      [successor.expires_at],
    );
    expect(row?.days).toBe(90);
    expect(await rotate(await test.make.accessKey(user))).toMatchObject({ expires_at: null });
  });

  it('a key of millennia has no successor beyond the years that can be told', async () => {
    const user = await test.make.user();
    const old = await test.make.accessKey(user);
    await test.database.query(`UPDATE access_keys SET expires_at = '9998-06-01' WHERE id = $1`, [old.id]);
    await test.database.shiftClock(2 * 365 * DAY);
    expect(await rotate(old)).toMatchObject({ expires_at: '9998-12-31T23:59:59.999Z' });
  });

  it('tells who still calls with the old key: when, from where and with what', async () => {
    const old = await test.make.accessKey(await test.make.user());
    const successor = await rotate(old);
    await use(successor.key);
    await test.api.as(old).with({ 'user-agent': 'forgotten-job/1.0' }).get('/api/orgs/');
    await test.app.get(KeyLastUse).flush();
    expect((await staff.get(`${PATH}?status=superseded&prefix=${old.prefix}`)).body.results).toMatchObject([
      {
        id: old.id,
        replaced_by: successor.id,
        last_used_at: expect.any(String) as string,
        last_used_ip: '127.0.0.1',
        last_used_user_agent: 'forgotten-job/1.0',
      },
    ]);
  });

  it.each([
    ['revoked', { revoked_at: 'now()' }, 'key_not_live'],
    ['expired', { expires_at: 'now()' }, 'key_not_live'],
    ['suspended', { suspended_at: 'now()' }, 'key_suspended'],
  ])('409 for a key that is %s', async (_state, columns, code) => {
    const key = await test.make.accessKey(await test.make.user());
    const [[column, value] = []] = Object.entries(columns);
    await test.database.query(`UPDATE access_keys SET ${column} = ${value} WHERE id = ${key.id}`);
    expect(await staff.post(`${PATH}${key.id}/rotate/`, {})).toMatchObject({ status: 409, body: { code } });
  });

  it('409 through a key whose lineage has ended: it is told so, and makes nothing', async () => {
    const user = await test.make.user();
    const key = await test.make.accessKey(user);
    await test.database.query(`UPDATE access_keys SET renewable_until = app_now() WHERE id = ${key.id}`);
    expect(await test.api.as(key).post('/api/auth/access-keys/current/rotate/', {})).toMatchObject({
      status: 409,
      body: { code: 'key_not_live', detail: 'The lineage of this key has ended.' },
    });
    expect(await test.database.query('SELECT id FROM access_keys WHERE user_id = $1', [user.id])).toEqual([
      { id: key.id },
    ]);
  });

  it('409 for a successor that was never used', async () => {
    const successor = await rotate(await test.make.accessKey(await test.make.user()));
    const answer = await staff.post(`${PATH}${successor.id}/rotate/`, {});
    expect(answer).toMatchObject({ status: 409, body: { code: 'not_used_yet' } });
  });

  it('400 for a grace or an expiry out of range, and nothing is written', async () => {
    const old = await test.make.accessKey(await test.make.user());
    const bad = { grace_seconds: 2_592_001, expires_at: '2001-01-01T00:00:00' };
    const answer = await staff.post(`${PATH}${old.id}/rotate/`, bad);
    expect({ status: answer.status, fields: Object.keys(answer.body as object) }).toEqual({
      status: 400,
      fields: ['grace_seconds', 'expires_at'],
    });
    const past = await staff.post(`${PATH}${old.id}/rotate/`, { expires_at: '2001-01-01T00:00:00Z' });
    expect(past).toMatchObject({ status: 400, body: { expires_at: ['This must be in the future.'] } });
    expect(await shown(old)).toMatchObject({ status: 'active', replaced_by: null });
  });
});

describe('PATCH of a key that has a successor (contract §4: a successor follows its predecessor until it is used)', () => {
  const inDays = (days: number): string => new Date(Date.now() + days * DAY * 1_000).toISOString();

  /** A key for 100 days, and the successor for 20 that it made of itself: renewable for 100 as well. */
  async function rotatedItself(): Promise<{ old: MadeKey; successor: MadeKey }> {
    const org = await test.make.org();
    const member = await test.make.member(org, 'Owner');
    const old = await test.make.accessKey(member, { organization: org, expiresInSeconds: 100 * DAY });
    const rotation = { expires_at: inDays(20) };
    const answer = await test.api.as(old).post('/api/auth/access-keys/current/rotate/', rotation);
    expect(answer.status).toBe(201);
    return { old, successor: answer.body as MadeKey };
  }

  it('a sooner end ends the lineage of the unused successor, too, though that key itself was to end before', async () => {
    const { old, successor } = await rotatedItself();
    const { expires_at: own } = await shown(successor);
    const end = inDays(50);
    expect((await staff.patch(`${PATH}${old.id}/`, { expires_at: end })).status).toBe(200);
    expect(await shown(successor)).toMatchObject({ expires_at: own, renewable_until: end });
    const first = await test.api.as(successor).get('/api/orgs/');
    expect(first.status).toBe(200);
    const rotation = { expires_at: inDays(60) };
    const renewal = await test.api.as(successor).post('/api/auth/access-keys/current/rotate/', rotation);
    expect(renewal).toMatchObject({ status: 400, body: { expires_at: [expect.any(String)] } });
  });

  it('reaches no successor that is in use', async () => {
    const { old, successor } = await rotatedItself();
    expect(await works(successor.key)).toBe(true);
    const before = await shown(successor);
    const body = { expires_at: inDays(10), access_level: 'read_only' };
    expect((await staff.patch(`${PATH}${old.id}/`, body)).status).toBe(200);
    const { expires_at, renewable_until, access_level } = await shown(successor);
    expect({ expires_at, renewable_until, access_level }).toEqual({
      expires_at: before['expires_at'],
      renewable_until: before['renewable_until'],
      access_level: 'full_access',
    });
  });
});

describe('warnings in the traffic', () => {
  it('CryptoComply-Key-Expires-At from 14 days before the end on, also in refusals; not before', async () => {
    const soon = await test.make.accessKey(await test.make.user(), {
      expiresInSeconds: 13 * DAY,
      level: 'read_only',
    });
    const later = await test.make.accessKey(await test.make.user(), { expiresInSeconds: 15 * DAY });
    const { headers } = await use(soon.key);
    expect(headers.get('CryptoComply-Key-Expires-At')).toBe((await shown(soon)).expires_at);
    const refused = await test.api.as(soon).get(PATH);
    expect(refused.headers.get('CryptoComply-Key-Expires-At')).toBe((await shown(soon)).expires_at);
    expect((await use(later.key)).headers.has('CryptoComply-Key-Expires-At')).toBe(false);
  });

  it('CryptoComply-Key-Superseded-By names the successor to who still calls with the old key', async () => {
    const old = await test.make.accessKey(await test.make.user());
    expect((await use(old.key)).headers.has('CryptoComply-Key-Superseded-By')).toBe(false);
    const successor = await rotate(old);
    expect((await use(old.key)).headers.get('CryptoComply-Key-Superseded-By')).toBe(successor.prefix);
    expect((await use(successor.key)).headers.has('CryptoComply-Key-Superseded-By')).toBe(false);
  });
});
