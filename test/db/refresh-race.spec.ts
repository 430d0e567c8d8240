import * as fc from 'fast-check';
import { startTestApp, type TestApp } from '../support/app.js';
import { recordFigure } from '../support/figures.js';
import type { Answer } from '../support/client.js';
import { hold } from '../support/hold.js';
import { logInForTokens } from '../support/log-in.js';
import { decoded, forged } from '../support/tokens.js';

let test: TestApp;
let second: TestApp;
beforeAll(async () => {
  test = await startTestApp();
  second = await test.another();
});
afterAll(async () => {
  await second.close();
  await test.close();
});
afterEach(() => test.database.shiftClock(0));

const refresh = (token: string, at = test): Promise<Answer> =>
  at.api.post('/api/auth/token/refresh/', { refresh: token });

/** The unused refresh tokens of a token's family, and whether that still lives. */
async function familyOf(token: string): Promise<{ unused: number; alive: boolean }> {
  const [family] = await test.database.query<{ unused: number; alive: boolean }>(
    `SELECT f.ended_at IS NULL AS alive,
       (SELECT count(*)::int FROM refresh_tokens t WHERE t.family_id = f.id AND t.used_at IS NULL) AS unused
     FROM token_families f WHERE f.id = $1`,
    [decoded(token).claims.sid],
  );
  return family ?? { unused: 0, alive: false };
}

describe('many refreshes at once', () => {
  it('50 parallel refreshes of one token on two instances leave exactly one live successor (B9)', async () => {
    const { refresh: token } = await logInForTokens(test, await test.make.user());
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) => refresh(token, index % 2 ? test : second)),
    );
    const successors = new Set(answers.map(({ body }) => body.refresh));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(successors.size).toBe(1);
    expect(await familyOf(token)).toEqual({ unused: 1, alive: true });
    expect(await refresh([...successors][0])).toMatchObject({ status: 200 });
    recordFigure('db/refresh-race', `${answers.length} refreshes, ${successors.size} live successor`);
  });

  it('50 parallel refreshes outside the retry window: all refused, and the family is dead (B9)', async () => {
    const { refresh: token } = await logInForTokens(test, await test.make.user());
    const successor = (await refresh(token)).body.refresh;
    await test.database.shiftClock(11);
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) => refresh(token, index % 2 ? test : second)),
    );
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 401));
    expect(await familyOf(token)).toMatchObject({ alive: false });
    expect(await refresh(successor)).toMatchObject({ status: 401 });
  });

  it('the whole chain, raced at every link, never forks (B9)', async () => {
    let { refresh: token } = await logInForTokens(test, await test.make.user());
    for (let link = 0; link < 10; link += 1) {
      const answers = await Promise.all([refresh(token), refresh(token, second), refresh(token)]);
      const [next, ...others] = new Set(answers.map(({ body }) => body.refresh as string));
      expect(others).toEqual([]);
      token = next ?? '';
      expect(await familyOf(token)).toEqual({ unused: 1, alive: true });
    }
  });
});

describe('a refresh that waits while something else commits', () => {
  /** Holds the family's row, starts a refresh that has to wait for it, does `change`, and lets both go. */
  async function refreshBehind(token: string, change: (familyId: unknown) => string): Promise<Answer> {
    const familyId = decoded(token).claims.sid;
    const held = await hold(
      test.database,
      `SELECT FROM token_families WHERE id = ${String(familyId)} FOR UPDATE`,
    );
    const waiting = refresh(token);
    await held.waitedFor();
    await held.finish(change(familyId));
    return waiting;
  }

  it('sees that the family was revoked meanwhile', async () => {
    const { refresh: token } = await logInForTokens(test, await test.make.user());
    const answer = await refreshBehind(
      token,
      (id) => `UPDATE token_families SET ended_at = app_now() WHERE id = ${String(id)}`,
    );
    expect(answer).toMatchObject({ status: 401, body: { detail: 'Token is blacklisted' } });
  });

  it('sees that the user was deactivated, or changed the password, meanwhile (B8)', async () => {
    for (const change of ['is_active = false', 'auth_epoch = auth_epoch + 1']) {
      const user = await test.make.user();
      const { refresh: token } = await logInForTokens(test, user);
      const answer = await refreshBehind(token, () => `UPDATE users SET ${change} WHERE id = ${user.id}`);
      expect(answer).toMatchObject({ status: 401, body: { detail: 'Token is invalid or expired' } });
    }
  });
});

describe('the expiry in a token (B5)', () => {
  const INSTANT = '2030-01-01T00:00:00Z';
  const freeze = (): Promise<unknown> =>
    test.database.query(
      `CREATE OR REPLACE FUNCTION app_now() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE
       AS $$ SELECT '${INSTANT}'::timestamptz $$`,
    );
  const now = Date.parse(INSTANT) / 1000;

  it('is judged to the millisecond: dead at the very instant, alive before', async () => {
    await freeze();
    const { bearer, refresh: token } = await logInForTokens(test, await test.make.user());
    const expiring = (good: string, exp: number): string => forged(test, { ...decoded(good).claims, exp });
    const statuses = async (exp: number): Promise<number[]> => [
      (await test.api.as({ bearer: expiring(bearer, exp) }).get('/api/auth/me/')).status,
      (await test.api.post('/api/auth/token/verify/', { token: expiring(bearer, exp) })).status,
      (await test.api.post('/api/auth/token/verify/', { token: expiring(token, exp) })).status,
    ];
    expect(await statuses(now - 0.001)).toEqual([401, 401, 401]);
    expect(await statuses(now)).toEqual([401, 401, 401]);
    expect(await statuses(now + 0.001)).toEqual([200, 200, 200]);
  });

  it('opens nothing unless it is a number in the future, whatever it is', async () => {
    await freeze();
    const { bearer, refresh: token } = await logInForTokens(test, await test.make.user());
    const anything = fc.oneof(
      fc.integer({ min: -1000, max: 1000 }).map((delta) => String(now + delta)),
      fc.double({ min: now - 1e6, max: now + 1e6, noNaN: true }).map(String),
      fc.double().map((value) => JSON.stringify(value)),
      fc.constantFrom('1e308', '-1e308', '1e999', '-1', '0', 'null', 'true', '[]', '{}', `[${now + 60}]`),
      fc.constantFrom(`"${now + 60}"`, '"never"', '""', '99999999999', '100000000000', undefined),
      fc.json(),
    );
    await fc.assert(
      fc.asyncProperty(anything, async (exp) => {
        const value: unknown = exp === undefined ? undefined : JSON.parse(exp);
        const good = typeof value === 'number' && value > now && value < 1e11;
        // To the millisecond, as JavaScript's dates and what is stored here: what is nearer than that is not asked.
        fc.pre(!(typeof value === 'number' && Math.abs(value - now) < 0.001));
        const withExpiry = (token: string): string => {
          const claims = JSON.stringify({ ...decoded(token).claims, exp: undefined });
          return forged(test, exp === undefined ? claims : claims.replace(/\}$/, `,"exp":${exp}}`));
        };
        const access = await test.api.as({ bearer: withExpiry(bearer) }).get('/api/auth/me/');
        const kept = await test.api.post('/api/auth/token/verify/', { token: withExpiry(token) });
        expect([access.status, kept.status]).toEqual(good ? [200, 200] : [401, 401]);
      }),
      { numRuns: 150 },
    );
  });
});
