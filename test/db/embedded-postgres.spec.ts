import { statSync } from 'node:fs';
import path from 'node:path';
import { DataSource } from 'typeorm';
import {
  type EmbeddedOptions,
  type EmbeddedPostgres,
  findEmbeddedPostgres,
  startEmbeddedPostgres,
} from '../../src/database/embedded/embedded-postgres.js';
import { withClient } from '../../src/database/embedded/roles.js';
import { launch } from '../support/launcher.js';
import { temporaryFolder } from '../support/temporary-folder.js';

jest.setTimeout(120_000); // each makes whole databases, on machines that may be busy

const newOptions = (): EmbeddedOptions => ({
  dataDir: path.join(temporaryFolder(), 'data'),
  database: 'cryptocomply',
  durable: false,
});

async function rows(url: string, sql: string): Promise<unknown[]> {
  return withClient(url, async (client) => (await client.query<Record<string, unknown>>(sql)).rows);
}

describe('a new embedded PostgreSQL', () => {
  const options = { ...newOptions(), durable: true };
  let server: EmbeddedPostgres;
  beforeAll(async () => {
    server = await startEmbeddedPostgres(options);
  });
  afterAll(() => server.stop());

  it('was started here, in the folder asked for, named by its version', async () => {
    const [version] = await rows(
      server.superuserUrl,
      `SELECT current_setting('data_directory') AS folder,
      current_setting('server_version_num')::int / 10000 AS major`,
    );
    const { folder, major } = version as { folder: string; major: number };
    expect(server).toMatchObject({ startedHere: true, dataDir: options.dataDir });
    expect(folder).toBe(path.join(options.dataDir, `postgres-${String(major)}`, 'data'));
  });

  it('is reached through its socket alone, which lies in a folder that nobody else may enter', async () => {
    const [settings] = await rows(
      server.superuserUrl,
      `SELECT current_setting('listen_addresses') AS tcp,
      current_setting('unix_socket_directories') AS socket, current_setting('data_directory') AS data`,
    );
    const { tcp, socket, data } = settings as { tcp: string; socket: string; data: string };
    expect(tcp).toBe('');
    for (const folder of [socket.replaceAll('"', ''), data])
      expect(statSync(folder).mode & 0o777).toBe(0o700);
  });

  it('acknowledges nothing before it is on the disk: every setting that could say otherwise is on', async () => {
    const settings = ['fsync', 'synchronous_commit', 'full_page_writes'];
    const sql = `SELECT ${settings.map((name) => `current_setting('${name}') AS ${name}`).join()}`;
    expect(await rows(server.superuserUrl, sql)).toEqual([
      { fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on' },
    ]);
  });

  it('orders text by code point and knows letters beyond ASCII', async () => {
    const sql = `SELECT string_agg(x, '' ORDER BY x) AS sorted, lower('ÄÉ') AS lower FROM unnest(ARRAY['b','a','B','é']) x`;
    expect(await rows(server.databaseUrl, sql)).toEqual([{ sorted: 'Babé', lower: 'äé' }]);
    expect(await rows(server.databaseUrl, 'SHOW server_encoding')).toEqual([{ server_encoding: 'UTF8' }]);
  });

  it('gives the database to the owner role, which may make tables in it', async () => {
    await rows(server.migrationDatabaseUrl, 'CREATE TABLE things (id int)');
    const sql = `SELECT current_user AS me, tableowner AS owner FROM pg_tables WHERE tablename = 'things'`;
    expect(await rows(server.migrationDatabaseUrl, sql)).toEqual([
      { me: 'cryptocomply_owner', owner: 'cryptocomply_owner' },
    ]);
    await rows(server.migrationDatabaseUrl, 'DROP TABLE things');
  });

  it.each([
    'CREATE TABLE t (id int)',
    'CREATE TEMP TABLE t (id int)',
    'CREATE SCHEMA s',
    'CREATE ROLE r',
    'CREATE DATABASE d',
  ])('lets the service role not run %s', async (sql) => {
    await expect(rows(server.databaseUrl, sql)).rejects.toMatchObject({ code: '42501' });
  });

  it('passes nothing of our environment on to PostgreSQL', async () => {
    const sql = `COPY environment FROM PROGRAM 'env'`;
    const lines = await withClient(server.superuserUrl, async (client) => {
      await client.query('CREATE TEMP TABLE environment (line text)');
      await client.query(sql);
      return (await client.query<{ line: string }>('SELECT line FROM environment')).rows.map(
        ({ line }) => line,
      );
    });
    expect(lines.filter((line) => /^(?:npm_|NODE|JEST|HOME|TEST_)/.test(line))).toEqual([]);
  });

  it('is reached by TypeORM through the same addresses', async () => {
    const source = await new DataSource({ type: 'postgres', url: server.databaseUrl }).initialize();
    expect(await source.query('SELECT current_user AS me')).toEqual([{ me: 'cryptocomply_service' }]);
    await source.destroy();
  });
});

describe('an embedded PostgreSQL that runs already', () => {
  it('is found and used, and ends with the last process that uses it', async () => {
    const options = newOptions();
    const first = await startEmbeddedPostgres(options);
    const second = await launch(options);
    const third = await findEmbeddedPostgres(options);
    expect([first.startedHere, second.server.startedHere, third?.startedHere]).toEqual([true, false, false]);
    expect(second.server.databaseUrl).toBe(first.databaseUrl);

    await first.stop();
    await third?.stop();
    expect(await rows(second.server.databaseUrl, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);

    await second.stop();
    expect(await findEmbeddedPostgres(options)).toBeNull();
  });

  it('may be let go of twice', async () => {
    const server = await startEmbeddedPostgres(newOptions());
    await Promise.all([server.stop(), server.stop()]);
    await expect(server.stop()).resolves.toBeUndefined();
  });

  it('keeps its rows from one start to the next', async () => {
    const options = newOptions();
    const before = await startEmbeddedPostgres(options);
    await rows(before.migrationDatabaseUrl, 'CREATE TABLE kept AS SELECT 7 AS number');
    await before.stop();
    const after = await startEmbeddedPostgres(options);
    expect(await rows(after.migrationDatabaseUrl, 'SELECT number FROM kept')).toEqual([{ number: 7 }]);
    await after.stop();
  });

  it('is one, when several processes start at the same moment in an empty folder', async () => {
    const options = newOptions();
    const launched = await Promise.all([launch(options), launch(options), launch(options)]);
    expect(new Set(launched.map(({ server }) => server.databaseUrl)).size).toBe(1);
    expect(launched.filter(({ server }) => server.startedHere)).toHaveLength(1);
    for (const { stop } of launched) await stop();
    expect(await findEmbeddedPostgres(options)).toBeNull();
  });

  it('is found by a start while another process stops it, or replaced by one that stays', async () => {
    const options = newOptions();
    const first = await startEmbeddedPostgres(options);
    const [second] = await Promise.all([startEmbeddedPostgres(options), first.stop()]);
    expect(await rows(second.databaseUrl, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await second.stop();
  });

  it('survives the Ctrl-C that its process is sent, until that lets go of it', async () => {
    const options = newOptions();
    const launched = await launch(options);
    await launched.interrupt();
    expect(await rows(launched.server.databaseUrl, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await launched.stop();
    expect(await findEmbeddedPostgres(options)).toBeNull();
  });

  it('is not looked for in a folder that does not exist, nor is that made', async () => {
    const options = newOptions();
    expect(await findEmbeddedPostgres(options)).toBeNull();
    expect(statSync(options.dataDir, { throwIfNoEntry: false })).toBeUndefined();
  });
});
