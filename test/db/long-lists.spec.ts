import { KeyTallyFolding } from '../../src/api-access-keys/key-tally.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { callingStaff } from '../support/callers.js';
import type { Client } from '../support/client.js';
import { hold } from '../support/hold.js';

let test: TestApp;
let staff: Client;
beforeAll(async () => {
  test = await startTestApp();
  staff = (await callingStaff(test)).api;
  const user = await test.make.user();
  for (let n = 1; n <= 40; n += 1) {
    await test.make.accessKey(user, n % 3 === 0 ? { expiresInSeconds: 1_000 * ((n * 7) % 40) + 500 } : {});
  }
  // Some of one name and some used, so that orders have ties and nulls.
  await test.database.query(`UPDATE access_keys SET name = 'Key ' || id % 4`);
  await test.database.query(
    `UPDATE access_keys SET last_used_at = now() - id % 5 * interval '1 hour' WHERE id % 2 = 0`,
  );
});
afterAll(() => test.close());

const keys = '/api/admin/access-keys/';
const idsOf = async (query: string): Promise<unknown[]> =>
  ((await staff.get(`${keys}?${query}`)).body.results as { id: number }[]).map(({ id }) => id);
const stored = async (): Promise<number> =>
  (await test.database.query<{ keys: number }>('SELECT count(*)::int AS keys FROM access_keys'))[0]?.keys ??
  0;
const shown = async (): Promise<unknown> => (await staff.get(`${keys}?page_size=1`)).body.count;

describe('Pages of a long list', () => {
  it.each([
    ['id', 'id'],
    ['-created_at', 'created_at DESC, id DESC'],
    ['name', 'name, id'],
    ['expires_at', 'expires_at NULLS LAST, id'],
    ['-expires_at', 'expires_at DESC NULLS LAST, id DESC'],
    ['-last_used_at,name', 'last_used_at DESC NULLS LAST, name, id DESC'],
  ])(
    'are the same rows in the same order from whichever end they were counted off: %s',
    async (ordering, order) => {
      const rows = await test.database.query<{ id: number }>(`SELECT id FROM access_keys ORDER BY ${order}`);
      const expected = rows.map(({ id }) => id);
      expect(expected).toHaveLength(40);
      const pages: unknown[] = [];
      for (let page = 1; page <= Math.ceil(expected.length / 7); page += 1) {
        pages.push(...(await idsOf(`ordering=${ordering}&page_size=7&page=${page}`)));
      }
      expect(pages).toEqual(expected);
      const last = expected.slice(-(expected.length % 7 || 7));
      expect(await idsOf(`ordering=${ordering}&page_size=7&page=last`)).toEqual(last);
    },
  );

  it('a page beyond the last is 404, with a filter and without one, and the first of nothing is empty', async () => {
    for (const query of ['page=999', 'page=999&access_level=full_access', 'page=2&prefix=nobody12']) {
      expect(await staff.get(`${keys}?${query}`)).toMatchObject({
        status: 404,
        body: { detail: 'Invalid page.' },
      });
    }
    expect((await staff.get(`${keys}?prefix=nobody12`)).body).toMatchObject({ count: 0, results: [] });
  });
});

describe('A search of two letters', () => {
  it.each(['zq', 'ZQ zq', 'zq,example'])(
    'among all keys finds names, prefixes and e-mails: %s',
    async (search) => {
      const [named, prefixed, owner] = [
        await test.make.user(),
        await test.make.user(),
        await test.make.user(),
      ];
      const byName = await test.make.accessKey(named);
      const byPrefix = await test.make.accessKey(prefixed);
      const byEmail = [await test.make.accessKey(owner), await test.make.accessKey(owner)];
      await test.database.query(`UPDATE access_keys SET name = 'Nightly zQ' WHERE id = $1`, [byName.id]);
      await test.database.query(`UPDATE access_keys SET prefix = 'Zq' || right(prefix, 6) WHERE id = $1`, [
        byPrefix.id,
      ]);
      await test.database.query(`UPDATE users SET email = 'zq-' || id || '@example.com' WHERE id = $1`, [
        owner.id,
      ]);
      const rows = await test.database.query<{ id: number }>(
        `SELECT k.id FROM access_keys k JOIN users u ON u.id = k.user_id
       WHERE position('zq' IN lower(k.name || ' ' || k.prefix || ' ' || u.email)) > 0 ORDER BY k.id`,
      );
      const expected = rows.map(({ id }) => id);
      expect(expected).toEqual(
        expect.arrayContaining([byName.id, byPrefix.id, ...byEmail.map(({ id }) => id)]),
      );
      const answer = await staff.get(
        `${keys}?ordering=id&page_size=100&search=${encodeURIComponent(search)}`,
      );
      expect(answer.body).toMatchObject({ count: expected.length, results: expected.map((id) => ({ id })) });
    },
  );
});

describe('The count of all keys', () => {
  it('is exact while keys are added by several statements at once and the tally is folded meanwhile', async () => {
    const before = await stored();
    const user = await test.make.user();
    const folding = test.app.get(KeyTallyFolding);
    await Promise.all(
      Array.from({ length: 20 }, async (_, n) => {
        await test.make.accessKey(user);
        if (n % 4 === 0) await folding.run();
      }),
    );
    expect(await stored()).toBe(before + 20);
    expect(await shown()).toBe(before + 20);
    await folding.run();
    expect(await shown()).toBe(before + 20);
    expect(await test.database.query('SELECT keys::int FROM access_key_tally')).toEqual([
      { keys: before + 20 },
    ]);
  });

  it('counts a key when its transaction commits, and never one of a transaction that did not', async () => {
    const before = await stored();
    const add = `INSERT INTO access_keys (prefix, digest, user_id, access_level, name, issued_via)
      SELECT 'tally' || n, '\\x00', (SELECT min(id) FROM users), 'read_only', 'K', 'cli' FROM generate_series(100, 104) n`;
    const held = await hold(test.database, add);
    expect(await shown()).toBe(before);
    await held.finish();
    expect(await shown()).toBe(before + 5);
    await expect(test.database.query(`${add} UNION ALL SELECT 'tally100'`)).rejects.toThrow();
    expect(await shown()).toBe(before + 5);
  });

  it('goes on while a release makes keys that knows of no tally and was given no right to it', async () => {
    const before = await stored();
    await test.database.query('REVOKE ALL ON access_key_tally FROM cryptocomply_service');
    const user = await test.make.user();
    const order = { user: user.id, access_level: 'read_only', name: 'Made meanwhile' };
    const { status } = await staff.post('/api/admin/access-keys/', order);
    await test.database.query('GRANT SELECT, INSERT, DELETE ON access_key_tally TO cryptocomply_service');
    expect(status).toBe(201);
    expect(await shown()).toBe(before + 1);
  });
});
