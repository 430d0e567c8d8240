import { DataSource } from 'typeorm';
import type { Pool } from 'pg';
import { randomText } from '../../src/common/crypto/random-text.js';
import { RefusalLog } from '../../src/audit/refusals/refusal-log.js';
import { ExpiredCounters } from '../../src/rate-limits/expired-counters.js';
import { RateLimits } from '../../src/rate-limits/rate-limits.js';
import { PasswordHasher } from '../../src/users/password-hasher.js';
import { newKey } from '../../src/api-access-keys/key-format.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { CONTRACT_LIMITS, from, guess, inARow, times } from '../support/limits.js';
import { bearerOf } from '../support/sign-in.js';
import { until } from '../support/until.js';

/** Small counts, and windows that end during no test, however slow the machine. */
const LIMITS = 'login_account=2/300,login_address=3/300,refresh=4/3600,bad_key=20/3600';

let behindProxy: TestApp;
let direct: TestApp;
let serial = 0;
const nobody = (): string => `nobody-${(serial += 1)}@example.com`;

beforeAll(async () => {
  behindProxy = await startTestApp({ ...CONTRACT_LIMITS, RATE_LIMITS: LIMITS });
  direct = await startTestApp({ RATE_LIMITS: LIMITS });
});
afterAll(async () => {
  await direct.close();
  await behindProxy.close();
});
beforeEach(() =>
  Promise.all([behindProxy, direct].map(({ database }) => database.query('DELETE FROM rate_limits'))),
);

/** The status of the guess after three failures, each from the next of these addresses. */
async function afterThreeFrom(...addresses: string[]): Promise<number | undefined> {
  const statuses = await inARow(4, (n) => guess(from(behindProxy, addresses[n] ?? ''), nobody()));
  expect(statuses.slice(0, 3)).toEqual(times(401, 3));
  return statuses[3];
}

describe('an address is the one that a trusted proxy saw (E3)', () => {
  it('believes no header when no proxy is trusted', async () => {
    const lies = ['x-forwarded-for', 'forwarded', 'x-real-ip', 'client-ip', 'cf-connecting-ip'];
    const statuses = await inARow(5, (n) =>
      guess(direct.api.with({ [lies[n] ?? '']: n === 1 ? 'for=192.0.2.1' : `192.0.2.${n}` }), nobody()),
    );
    expect(statuses).toEqual([...times(401, 3), 429, 429]);
  });

  it('takes the right-most hop that is not trusted, whatever the caller wrote to the left of it', async () => {
    expect(
      await afterThreeFrom(
        '192.0.2.1',
        '192.0.2.9, 192.0.2.1',
        '192.0.2.8, 192.0.2.1, 127.0.0.1',
        '10.0.0.1, 192.0.2.1',
      ),
    ).toBe(429);
  });

  it('counts an IPv4 address written as IPv6 as that IPv4 address', async () => {
    expect(await afterThreeFrom('192.0.2.2', '::ffff:192.0.2.2', '::ffff:c000:202', '192.0.2.2')).toBe(429);
  });

  it('counts an IPv6 network of 64 bits as one caller, and the next one as another', async () => {
    expect(
      await afterThreeFrom(
        '2001:db8::1',
        '2001:DB8:0:0:ffff::2',
        '2001:db8:0:0:1:2:3:4',
        '2001:db8::ffff:ffff:ffff:ffff',
      ),
    ).toBe(429);
    expect((await guess(from(behindProxy, '2001:db8:0:1::1'), nobody())).status).toBe(401);
  });

  it('tells other addresses apart', async () => {
    expect(await afterThreeFrom('192.0.2.3', '192.0.2.3', '192.0.2.3', '192.0.2.4')).toBe(401);
  });
});

describe('nobody escapes the count (E4)', () => {
  it('counts those without a recognizable address together', async () => {
    expect(await afterThreeFrom('unknown', '_hidden', '999.1.1.1', 'fe80::zz')).toBe(429);
  });

  it('counts the variants of a path together, or does not know them', async () => {
    const { app, url } = direct;
    const before = app.get(PasswordHasher).hashCalls;
    const ask = (path: string) =>
      fetch(url + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ email: nobody(), password: 'not the password' }),
      });
    const known = ['/api/auth/token/', '/api/auth/token', '/api/auth/token/?x=1', '/api/auth/%74oken/'];
    expect(await inARow(4, (n) => ask(known[n] ?? ''))).toEqual([...times(401, 3), 429]);
    const unknown = ['//api/auth/token/', '/api//auth/token/', '/api/auth/token//', '/api/auth/./x/../token'];
    const others = await inARow(4, (n) => ask(unknown[n] ?? ''));
    expect(others.filter((status) => status !== 404 && status !== 429)).toEqual([]);
    expect(app.get(PasswordHasher).hashCalls - before).toBe(3);
  });
});

describe('bad API keys and refreshing are limited too (E6)', () => {
  const tryKey = (test: TestApp, key: string) => test.api.as({ key }).get('/api/orgs/');

  it('refuses refreshing past the limit of an address, on every instance, good token or bad', async () => {
    const refresh = { refresh: 'not a token' };
    const call = (test: TestApp) => from(test, '192.0.2.50').post('/api/auth/token/refresh/', refresh);
    expect(await inARow(5, () => call(behindProxy))).toEqual([...times(401, 4), 429]);
    const second = await behindProxy.another();
    expect((await call(second)).status).toBe(429);
    await second.close();
  });

  it('answers 401 to bad keys up to the limit and 429 past it, and never refuses a good one (T8)', async () => {
    const user = await behindProxy.make.user();
    const { key } = await behindProxy.make.accessKey(user);
    const client = from(behindProxy, '192.0.2.60');
    const bad = () => client.as({ key: newKey().text }).get('/api/orgs/');
    expect(await inARow(22, bad)).toEqual([...times(401, 20), 429, 429]);
    const { headers, body } = await bad();
    const seconds = Number(headers.get('retry-after'));
    expect(seconds).toBeGreaterThanOrEqual(1);
    expect(seconds).toBeLessThanOrEqual(3_600);
    expect(body).toEqual({
      detail: `Request was throttled. Expected available in ${seconds} second${seconds === 1 ? '' : 's'}.`,
      code: 'throttled',
    });
    expect((await client.as({ key }).get('/api/orgs/')).status).toBe(200);
    expect((await from(behindProxy, '192.0.2.61').as({ key: 'bad' }).get('/api/orgs/')).status).toBe(401);
  });

  it('asks little of the database for thousands of bad keys: at most one look for each, and no more counting once it is over', async () => {
    const { master } = direct.app.get(DataSource).driver as unknown as { master: Pool };
    let statements = 0;
    const count = (): void => void (statements += 1);
    master.on('acquire', count);
    const flood = async (total: number, key: () => string): Promise<number[]> => {
      const statuses: number[] = [];
      let left = total;
      const caller = async (): Promise<void> => {
        while ((left -= 1) >= 0) statuses.push((await tryKey(direct, key())).status);
      };
      await Promise.all(Array.from({ length: 40 }, caller));
      return statuses;
    };
    const malformed = await flood(2_000, () => randomText(20));
    const forMalformed = statements;
    const unknown = await flood(2_000, () => newKey().text);
    master.off('acquire', count);
    expect([...malformed, ...unknown].filter((status) => status === 401).length).toBe(20);
    expect([...malformed, ...unknown].every((status) => status === 401 || status === 429)).toBe(true);
    // Twenty that count, those of the forty callers that were under way then, and what the audit log notes of the twenty.
    expect(forMalformed).toBeLessThan(200);
    expect(statements - forMalformed).toBeLessThan(2_100);
  }, 120_000);
});

describe('Passwords', () => {
  it('can be changed and set ten times a minute from an address, both counted together', async () => {
    const client = from(behindProxy, '192.0.2.70');
    const change = client.as(await bearerOf(behindProxy, await behindProxy.make.user()));
    const statuses = await inARow(12, (n) =>
      n % 2 ? change.post('/api/auth/password/', {}) : client.post('/api/auth/password/set/', {}),
    );
    expect(statuses).toEqual([...times(400, 10), 429, 429]);
  });
});

describe('Reports of leaked keys', () => {
  it('are twenty a minute from an address, on every instance, whatever they hold, and others go on reporting', async () => {
    const second = await behindProxy.another();
    const report = (test: TestApp, address: string) =>
      from(test, address).post('/api/auth/access-keys/report-leak/', { keys: ['x'] });
    expect(await inARow(21, (n) => report(n % 2 ? second : behindProxy, '192.0.2.71'))).toEqual([
      ...times(200, 20),
      429,
    ]);
    expect((await report(behindProxy, '192.0.2.72')).status).toBe(200);
    await second.close();
  });
});

describe('one answer for all who come too often (E7)', () => {
  it('says when to come back, in the header and in the words of Django REST Framework', async () => {
    await inARow(3, () => guess(direct.api, nobody()));
    const answer = await guess(direct.api, nobody());
    const seconds = Number(answer.headers.get('retry-after'));
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(300);
    expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
    expect(answer.body).toEqual({
      detail: `Request was throttled. Expected available in ${seconds} seconds.`,
      code: 'throttled',
    });
  });

  it('is noted in the audit log', async () => {
    const address = '192.0.2.80';
    await inARow(4, () => guess(from(behindProxy, address), nobody()));
    await behindProxy.app.get(RefusalLog).settled();
    const noted = await behindProxy.database.query(
      `SELECT actor_id, details FROM audit_events WHERE action = 'request.throttled' AND ip = $1`,
      [address],
    );
    expect(noted).toEqual([
      { actor_id: null, details: { reason: 'throttled', request: 'POST /api/auth/token' } },
    ]);
  });

  it('comes after malformed JSON, before the CSRF check and before the body is judged', async () => {
    await inARow(3, () => guess(direct.api, nobody()));
    expect((await direct.api.get('/api/auth/token/')).status).toBe(405);
    expect((await direct.api.post('/api/auth/token/', '{')).status).toBe(400);
    expect((await direct.api.post('/api/auth/token/', {})).status).toBe(429);
    expect((await direct.api.post('/api/auth/login/', {})).status).toBe(429);
  });
});

describe('the table stays small (E8)', () => {
  it('removes a hundred thousand counters whose windows are over, and none that still counts', async () => {
    const { app, database } = direct;
    await guess(direct.api, nobody());
    await database.query(
      `INSERT INTO rate_limits SELECT 'login_address:' || n, 1, 1000 FROM generate_series(1, 100000) n`,
    );
    await until(async () => {
      await app.get(ExpiredCounters).run(); // beside the one that runs every minute
      return (await database.query('SELECT FROM rate_limits WHERE expire = 1000')).length === 0;
    });
    expect(await database.query('SELECT FROM rate_limits')).toHaveLength(2);
  }, 60_000);

  it('removes what it counted once the window is over', async () => {
    await guess(direct.api, nobody());
    await direct.database.shiftClock(300 + 61);
    await direct.app.get(ExpiredCounters).run();
    await direct.database.shiftClock(0);
    expect(await direct.database.query('SELECT FROM rate_limits')).toHaveLength(0);
  });
});

describe('nothing passes uncounted (T19)', () => {
  it('gives nothing back to a count that was cleared meanwhile, nor to the one that began after it', async () => {
    const { app, database } = direct;
    const limits = app.get(RateLimits);
    const points = () => database.query(`SELECT points FROM rate_limits WHERE key LIKE 'login_account:%'`);
    const first = await limits.take('login_account', 'ada@example.com');
    await limits.clear('login_account', 'ada@example.com');
    await first.giveBack();
    expect(await points()).toEqual([]);
    await database.shiftClock(1);
    const second = await limits.take('login_account', 'ada@example.com');
    await first.giveBack();
    expect(await points()).toEqual([{ points: 1 }]);
    await second.giveBack();
    await second.giveBack();
    await database.shiftClock(0);
    expect(await points()).toEqual([{ points: 0 }]);
  });

  it('answers 503 to logins while the counters are out of reach, says so in the metrics, and serves good keys', async () => {
    const { api, database, make } = direct;
    const { key } = await make.accessKey(await make.user());
    await database.query('ALTER TABLE rate_limits RENAME TO rate_limits_away');
    try {
      const before = direct.app.get(PasswordHasher).hashCalls;
      const answer = await guess(api, nobody());
      expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
      expect(direct.app.get(PasswordHasher).hashCalls).toBe(before);
      expect((await api.as({ key }).get('/api/orgs/')).status).toBe(200);
      expect((await api.get('/metrics')).text).toMatch(
        /rate_limit_store_failures_total\{limit="login_address"\} 1\b/,
      );
    } finally {
      await database.query('ALTER TABLE rate_limits_away RENAME TO rate_limits');
    }
    expect((await guess(api, nobody())).status).toBe(401);
  });
});
