import type { Pool } from 'pg';
import { DataSource } from 'typeorm';
import { NamedStatements } from '../../src/database/named-statements.js';
import { startTestApp, type TestApp } from '../support/app.js';
import type { Answer, Client } from '../support/client.js';
import { OwnServer } from '../support/own-server.js';
import { until } from '../support/until.js';

let server: OwnServer;
let test: TestApp;
let owner: Client;
let admin: Client;
let user: { id: number };
let organization: { id: number };

beforeAll(async () => {
  server = await OwnServer.start();
  test = await startTestApp({ DATABASE_POOL_SIZE: '4' }, await server.newDatabase());
  organization = await test.make.org();
  user = await test.make.member(organization, 'Owner');
  owner = test.api.as(await test.make.accessKey(user));
  const staff = await test.make.user({ staff: true });
  admin = test.api.as(await test.make.accessKey(staff, { admin: true }));
});
afterAll(async () => {
  await test.close();
  await server.stop();
});

const read = (): Promise<Answer> => owner.get('/api/orgs/');
const write = (): Promise<Answer> =>
  admin.post('/api/admin/access-keys/', {
    user: user.id,
    organization: organization.id,
    access_level: 'read_only',
    name: 'Written',
  });

/** So many at once that every connection of the pool is in use. */
const many = (send: () => Promise<Answer>): Promise<Answer[]> =>
  Promise.all(Array.from({ length: 12 }, () => send()));

const sessions = async (): Promise<number[]> => {
  const rows = await test.database.query<{ pid: number }>(
    `SELECT pid FROM pg_stat_activity WHERE usename = 'cryptocomply_service' AND datname = current_database()`,
  );
  return rows.map(({ pid }) => pid);
};

function expectRefused(answers: readonly Answer[]): void {
  expect(answers.length).toBeGreaterThan(0);
  for (const { status, headers, body } of answers) {
    expect([status, body.code, headers.get('retry-after')]).toEqual([503, 'service_unavailable', '5']);
  }
}

describe('A server that becomes read-only under old sessions', () => {
  const setReadOnly = async (
    setting: 'SET default_transaction_read_only = on' | 'RESET default_transaction_read_only',
  ) => {
    await test.database.query(`ALTER SYSTEM ${setting}`);
    await test.database.query('SELECT pg_reload_conf()');
    await until(async () => {
      const [row] = await test.database.query<{ is: string }>(`SHOW default_transaction_read_only`);
      return Object.values(row ?? {})[0] === (setting.startsWith('SET') ? 'on' : 'off');
    });
  };

  it('is 503 at once, for writes and reads, not ready, and all is well as soon as it is writable again', async () => {
    expect((await many(write)).map(({ status }) => status)).toEqual(Array(12).fill(201));
    const before = await sessions();
    expect(before.length).toBeGreaterThan(1);

    await setReadOnly('SET default_transaction_read_only = on');
    expectRefused(await many(write));
    expectRefused(await many(write));
    expectRefused(await many(read));
    expect(await test.api.get('/readyz')).toMatchObject({ status: 503, body: { database: 'unreachable' } });
    expect((await test.api.get('/healthz')).status).toBe(200);
    const kept = await sessions();
    expect(before.filter((pid) => kept.includes(pid))).toEqual([]); // every old session left the pool

    await setReadOnly('RESET default_transaction_read_only');
    expect((await many(write)).map(({ status }) => status)).toEqual(Array(12).fill(201));
    expect((await test.api.get('/readyz')).status).toBe(200);
    expect(test.logs()).not.toContain('A server error occurred.');
  });
});

describe('A write that a server refuses as read-only (25006)', () => {
  const WRITE = `UPDATE organizations SET name = name`;

  it.each<[string, (source: DataSource) => Promise<unknown>]>([
    [
      'a transaction of TypeORM',
      (source) =>
        source.transaction(async (manager) => {
          await manager.query('SET TRANSACTION READ ONLY');
          await manager.query(WRITE);
        }),
    ],
    [
      'a statement of a bare connection',
      async (source) => {
        const client = await (source.driver as unknown as { master: Pool }).master.connect();
        try {
          await client.query('BEGIN READ ONLY');
          await client.query(WRITE);
        } finally {
          client.release();
        }
      },
    ],
    [
      'a named statement',
      () => {
        const sql = `SELECT set_config('transaction_read_only', 'on', true), nextval('organizations_id_seq')`;
        return test.app.get(NamedStatements, { strict: false }).query('refused', sql, []);
      },
    ],
  ])('by %s: the session leaves the pool, and the error says so', async (_road, run) => {
    await many(read);
    const before = await sessions();
    const failure: unknown = await run(test.app.get(DataSource)).catch((error: unknown) => error);
    const { code, driverError } = failure as { code?: string; driverError?: { code?: string } };
    expect(driverError?.code ?? code).toBe('25006');
    await until(
      async () => (await sessions()).filter((pid) => before.includes(pid)).length === before.length - 1,
    );
    expect((await many(write)).map(({ status }) => status)).toEqual(Array(12).fill(201));
  });
});

describe('A server that comes back as a standby', () => {
  it('is neither written to nor read from, and serves once it is promoted; what was acknowledged is there', async () => {
    const acknowledged = await write();
    expect(acknowledged.status).toBe(201);
    await server.startAsStandby();
    expect(await test.database.query('SELECT pg_is_in_recovery() AS standby')).toEqual([{ standby: true }]);
    expectRefused(await many(read));
    expectRefused(await many(write));
    expect(await test.api.get('/readyz')).toMatchObject({ status: 503, body: { status: 'not_ready' } });

    await test.database.query('SELECT pg_promote()');
    await server.startAgain(); // it runs already: from here on it is ours to stop
    expect((await many(read)).map(({ status }) => status)).toEqual(Array(12).fill(200));
    expect((await many(write)).map(({ status }) => status)).toEqual(Array(12).fill(201));
    expect((await test.api.as({ key: acknowledged.body.key }).get('/api/orgs/')).status).toBe(200);
    expect((await test.api.get('/readyz')).status).toBe(200);
    expect(test.logs()).not.toContain('A server error occurred.');
  });
});
