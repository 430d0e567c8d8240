import { startTestApp, type TestApp } from '../support/app.js';
import { CONTRACT_LIMITS, from, inARow, times } from '../support/limits.js';
import { logInForTokens, logInToSession } from '../support/log-in.js';
import type { Client } from '../support/client.js';

const YEAR = 365 * 86_400;
const EVERYTHING_ELSE = [
  'hrtime',
  'nextTick',
  'performance',
  'queueMicrotask',
  'setImmediate',
  'setInterval',
].concat(['setTimeout', 'clearImmediate', 'clearInterval', 'clearTimeout']) as 'nextTick'[];

let test: TestApp;
let refresh: string;
/** Ways in that work, and ways in that ended. */
const live: Record<string, Client> = {};
const ended: Record<string, Client> = {};

beforeAll(async () => {
  test = await startTestApp();
  const [user, other] = [await test.make.user(), await test.make.user()];
  const tokens = await logInForTokens(test, user);
  refresh = tokens.refresh;
  live.key = test.api.as(await test.make.accessKey(user, { expiresInSeconds: 3_600 }));
  live.token = test.api.as({ bearer: tokens.bearer });
  live.session = test.api.as(await logInToSession(test, user));

  const revoked = await test.make.accessKey(other);
  await test.database.query('UPDATE access_keys SET revoked_at = app_now() WHERE id = $1', [revoked.id]);
  ended.key = test.api.as(revoked);
  const replaced = test.api.as(await test.make.accessKey(other));
  const rotated = await replaced.post('/api/auth/access-keys/current/rotate/', { grace_seconds: 0 });
  expect((await test.api.as({ key: rotated.body.key }).get('/api/auth/me/')).status).toBe(200);
  ended.replaced = replaced;
  const left = await logInForTokens(test, other);
  expect((await test.api.post('/api/auth/token/revoke/', { refresh: left.refresh })).status).toBe(204);
  ended.token = test.api.as({ bearer: left.bearer });
  ended.session = test.api.as(await logInToSession(test, other));
  expect((await ended.session.post('/api/auth/logout/')).status).toBe(204);
});
afterEach(async () => {
  jest.useRealTimers();
  await test.database.shiftClock(0);
});
afterAll(() => test.close());

const statuses = async (clients: Record<string, Client>): Promise<Record<string, number>> =>
  Object.fromEntries(
    await Promise.all(
      Object.entries(clients).map(
        async ([name, api]) => [name, (await api.get('/api/auth/me/')).status] as const,
      ),
    ),
  );

const ALL_IN = { key: 200, token: 200, session: 200 };
const ALL_OUT = { key: 401, replaced: 401, token: 401, session: 401 };

/** The machine's clock, and nothing else of what passes time. */
const stepMachine = (seconds: number): void =>
  void jest.useFakeTimers({ doNotFake: EVERYTHING_ELSE, now: Date.now() + seconds * 1_000 });

describe('Clock steps (N7)', () => {
  it.each([
    ['ten years ahead', 10 * YEAR],
    ['an hour ahead', 3_600],
    ['an hour back', -3_600],
    ['ten years back', -10 * YEAR],
  ])('the machine’s clock goes %s: nobody is logged out, nothing is revived', async (_name, seconds) => {
    stepMachine(seconds);
    expect(await statuses(live)).toEqual(ALL_IN);
    expect(await statuses(ended)).toEqual(ALL_OUT);
    const next = await test.api.post('/api/auth/token/refresh/', { refresh });
    expect(next.status).toBe(200);
    refresh = next.body.refresh;
    live.token = test.api.as({ bearer: next.body.access });
    expect(await statuses(live)).toEqual(ALL_IN);
  });

  it.each([3_600 + 60, 2 * YEAR])(
    'the database’s clock goes %d s ahead: what lived for less has ended',
    async (seconds) => {
      await test.database.shiftClock(seconds);
      expect(await statuses({ key: live.key as Client, token: live.token as Client })).toEqual({
        key: 401,
        token: 401,
      });
      expect(await statuses(ended)).toEqual(ALL_OUT);
    },
  );

  it.each([-60, -YEAR])(
    'the database’s clock goes %d s: nobody is logged out, and what was ended stays so',
    async (seconds) => {
      await test.database.shiftClock(seconds);
      expect(await statuses(live)).toEqual(ALL_IN);
      expect(await statuses(ended)).toEqual(ALL_OUT);
    },
  );
});

describe('Clock steps and rate limits (T8)', () => {
  const DAY = 86_400;
  const WINDOW = 300;
  let limited: TestApp;
  let host = 0;

  beforeAll(async () => {
    limited = await test.another({
      ...CONTRACT_LIMITS,
      RATE_LIMITS: `refresh=3/${WINDOW}`,
    });
  });
  afterEach(() => limited.database.shiftClock(0));
  afterAll(() => limited.close());

  const somewhere = () => `198.51.100.${(host += 1)}`;
  const tryRefresh = (address: string, instance = limited) =>
    from(instance, address).post('/api/auth/token/refresh/', { refresh: 'not a token' });
  const secondsToWait = async (address: string) =>
    Number((await tryRefresh(address)).headers.get('retry-after'));

  it('a call while the machine’s clock was a day ahead shuts nobody out for longer than a window', async () => {
    const address = somewhere();
    stepMachine(DAY);
    expect((await tryRefresh(address)).status).toBe(401);
    jest.useRealTimers();
    expect(await inARow(3, () => tryRefresh(address))).toEqual([401, 401, 429]);
    const seconds = await secondsToWait(address);
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(WINDOW);
  });

  it('a machine whose clock is a day ahead counts with the others, and opens nobody a window anew', async () => {
    const address = somewhere();
    expect(await inARow(3, () => tryRefresh(address))).toEqual(times(401, 3));
    stepMachine(DAY);
    expect((await tryRefresh(address)).status).toBe(429);
  });

  it('a call while the database’s clock was a day ahead shuts nobody out for longer than a window', async () => {
    const address = somewhere();
    await test.database.shiftClock(DAY);
    expect((await tryRefresh(address)).status).toBe(401);
    await test.database.shiftClock(0);
    expect(await inARow(3, () => tryRefresh(address))).toEqual([401, 401, 429]);
    expect(await secondsToWait(address)).toBeLessThanOrEqual(WINDOW);
    await test.database.shiftClock(WINDOW + 1);
    const other = await limited.another(); // which remembers no refusal
    const { status } = await tryRefresh(address, other);
    await other.close();
    expect(status).toBe(401);
  });
});
