import { migrate } from '../../src/database/migrate.js';
import { NamedStatements } from '../../src/database/named-statements.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { hold } from '../support/hold.js';
import { PgBouncer } from '../support/pgbouncer.js';
import { describeWith } from '../support/programs.js';

describeWith('pgbouncer')('Behind PgBouncer in session mode', () => {
  let direct: TestApp;
  let pooled: TestApp;
  let bouncer: PgBouncer;
  beforeAll(async () => {
    direct = await startTestApp();
    bouncer = await PgBouncer.before(direct.database.databaseUrl, {
      pool_mode: 'session',
      default_pool_size: 20,
    });
    pooled = await direct.another({
      DATABASE_URL: bouncer.through(direct.database.databaseUrl),
      DATABASE_POOL_SIZE: '5',
    });
  });
  afterAll(async () => {
    await pooled.close();
    await bouncer.stop();
    await direct.close();
  });

  it('the service starts, is ready, reads and writes, many requests at once', async () => {
    const org = await direct.make.org();
    const owner = pooled.api.as(await direct.make.accessKey(await direct.make.member(org, 'Owner')));
    expect((await pooled.api.get('/readyz')).status).toBe(200);
    const reads = await Promise.all(Array.from({ length: 100 }, () => owner.get('/api/orgs/')));
    expect(new Set(reads.map(({ status }) => status))).toEqual(new Set([200]));
    const writes = await Promise.all(
      Array.from({ length: 10 }, (_, n) =>
        owner.post(`/api/orgs/${org.id}/roles/`, { name: `Role ${n}`, permissions: [] }),
      ),
    );
    expect(writes.map(({ status }) => status)).toEqual(Array(10).fill(201));
  });

  it('every session has its limits, also one that somebody else used before', async () => {
    const statements = pooled.app.get(NamedStatements, { strict: false });
    const shown = await Promise.all(
      Array.from({ length: 20 }, () =>
        statements.query<Record<string, string>>(
          'limits-of-a-session',
          `SELECT current_setting('statement_timeout') AS statement, current_setting('lock_timeout') AS lock,
             current_setting('idle_in_transaction_session_timeout') AS idle, current_setting('random_page_cost') AS page`,
          [],
        ),
      ),
    );
    expect(shown).toEqual(Array(20).fill([{ statement: '10s', lock: '5s', idle: '15s', page: '1.1' }]));
  });

  it('a lock that is never given is 503 after the limit for locks, not a hang', async () => {
    const org = await direct.make.org();
    const owner = pooled.api.as(await direct.make.accessKey(await direct.make.member(org, 'Owner')));
    const held = await hold(direct.database, 'LOCK TABLE roles IN ACCESS EXCLUSIVE MODE');
    const answer = await owner.get(`/api/orgs/${org.id}/roles/`);
    await held.finish();
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
    expect(answer.body.code).toBe('service_unavailable');
  });

  it('migrations run through it too', async () => {
    const { databaseUrl, migrationDatabaseUrl } = direct.database;
    const url = bouncer.through(migrationDatabaseUrl);
    expect(await migrate({ databaseUrl, migrationDatabaseUrl: url })).toEqual([]);
  });
});

describeWith('pgbouncer')('Behind PgBouncer in another mode', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());

  it.each([
    ['transaction', 1, 0],
    ['transaction', 20, 0],
    ['transaction', 20, 1],
    ['statement', 20, 0],
  ])(
    '%s, %i sessions, round robin %i: neither service nor migration starts, and both say why',
    async (mode, size, turns) => {
      const bouncer = await PgBouncer.before(database.databaseUrl, {
        pool_mode: mode,
        default_pool_size: size,
        server_round_robin: turns,
      });
      try {
        const { databaseUrl, migrationDatabaseUrl } = database;
        const started = startTestApp(
          { DATABASE_URL: bouncer.through(databaseUrl), LOG_LEVEL: 'silent' },
          database,
        );
        await expect(started).rejects.toThrow(/can not be used this way.*use the pooler in session mode/s);
        const migrated = migrate({
          databaseUrl,
          migrationDatabaseUrl: bouncer.through(migrationDatabaseUrl),
        });
        await expect(migrated).rejects.toThrow(/can not be used this way.*use the pooler in session mode/s);
        const locks = await database.query(`SELECT FROM pg_locks WHERE locktype = 'advisory' AND database =
        (SELECT oid FROM pg_database WHERE datname = current_database())`);
        expect(locks).toEqual([]); // none that the next migration would wait for
      } finally {
        await bouncer.stop();
      }
    },
  );
});
