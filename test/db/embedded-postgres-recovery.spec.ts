import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { serverAccount, runAs } from '../../src/database/embedded/account.js';
import {
  type EmbeddedOptions,
  type EmbeddedPostgres,
  findEmbeddedPostgres,
  startEmbeddedPostgres,
} from '../../src/database/embedded/embedded-postgres.js';
import { isAlive } from '../../src/database/embedded/pid-file.js';
import { withClient } from '../../src/database/embedded/roles.js';
import { launch, spawnLauncher } from '../support/launcher.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { until } from '../support/until.js';

jest.setTimeout(120_000); // each makes whole databases, on machines that may be busy

const newOptions = (): EmbeddedOptions => ({
  dataDir: path.join(temporaryFolder(), 'data'),
  database: 'cryptocomply',
  durable: false,
});

async function rows(url: string, sql: string): Promise<unknown[]> {
  return withClient(url, async (client) => (await client.query<Record<string, unknown>>(sql)).rows);
}

function clusterFolder({ dataDir }: { dataDir: string }): string {
  const name = readdirSync(dataDir).find((entry) => entry.startsWith('postgres-'));
  return path.join(dataDir, String(name));
}

const pidFile = (server: { dataDir: string }) => path.join(clusterFolder(server), 'data', 'postmaster.pid');

function postmasterOf(server: { dataDir: string }): number {
  return Number.parseInt(readFileSync(pidFile(server), 'utf8'), 10);
}

async function expectItWorks(server: EmbeddedPostgres): Promise<void> {
  expect(await rows(server.databaseUrl, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
}

describe('after kill -9', () => {
  it('of our process, its PostgreSQL ends by itself, and the next start has what was committed', async () => {
    const options = newOptions();
    const launched = await launch(options);
    await rows(launched.server.migrationDatabaseUrl, 'CREATE TABLE kept AS SELECT 7 AS number');
    const pid = postmasterOf(launched.server);
    await launched.kill();
    await until(() => Promise.resolve(!isAlive(pid)));
    expect(await findEmbeddedPostgres(options)).toBeNull();
    const server = await startEmbeddedPostgres(options);
    expect(await rows(server.migrationDatabaseUrl, 'SELECT number FROM kept')).toEqual([{ number: 7 }]);
    await server.stop();
  });

  it('of whoever started it, PostgreSQL stays as long as another uses it, and ends with the last, however that ends', async () => {
    const options = newOptions();
    const first = await launch(options);
    const second = await launch(options);
    expect(second.server).toMatchObject({ startedHere: false, databaseUrl: first.server.databaseUrl });
    const pid = postmasterOf(first.server);
    await first.kill();
    expect(await rows(second.server.databaseUrl, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    const third = await launch(options);
    expect(third.server.startedHere).toBe(false);
    await second.stop();
    expect(await rows(third.server.databaseUrl, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(postmasterOf(third.server)).toBe(pid);
    await third.kill();
    await until(() => Promise.resolve(!isAlive(pid)));
  });

  it('of PostgreSQL, the next start recovers what was committed', async () => {
    const options = newOptions();
    const launched = await launch(options);
    await rows(launched.server.migrationDatabaseUrl, 'CREATE TABLE kept AS SELECT 7 AS number');
    process.kill(postmasterOf(launched.server), 'SIGKILL');
    await launched.kill();
    const server = await startEmbeddedPostgres(options);
    expect(server.startedHere).toBe(true);
    expect(await rows(server.migrationDatabaseUrl, 'SELECT number FROM kept')).toEqual([{ number: 7 }]);
    await server.stop();
  });

  it('of PostgreSQL, whoever used it lets go of it all the same', async () => {
    const options = newOptions();
    const server = await startEmbeddedPostgres(options);
    const pid = postmasterOf(options);
    process.kill(pid, 'SIGKILL');
    await until(() => Promise.resolve(!isAlive(pid)));
    await expect(server.stop()).resolves.toBeUndefined();
  });

  it('of our process in the middle of initdb, the next start makes the database anew and leaves no rest', async () => {
    const options = newOptions();
    const child = spawnLauncher(options);
    await begunInitdb(options.dataDir);
    process.kill(-Number(child.pid), 'SIGKILL'); // with initdb, which is of its group
    await once(child, 'exit');
    expect(existsSync(path.join(clusterFolder(options), 'data'))).toBe(false);
    const server = await startEmbeddedPostgres(options);
    await expectItWorks(server);
    expect(readdirSync(clusterFolder(options)).sort()).toEqual(['data', 'postgres.log', 'socket']);
    await server.stop();
  });
});

describe('a postmaster.pid left behind', () => {
  it.each([
    ['of a process that is no more', () => Promise.resolve({ pid: deadPid(), end: () => Promise.resolve() })],
    ['whose number a stranger of the same account has now', stranger],
  ])('%s does not stop the start', async (_, someProcess) => {
    const options = newOptions();
    const before = await startEmbeddedPostgres(options);
    const files = [pidFile(before), path.join(clusterFolder(before), 'socket', '.s.PGSQL.5432.lock')];
    const contents = files.map((file) => readFileSync(file, 'utf8'));
    const { uid, gid } = statSync(pidFile(before));
    await before.stop();
    const { pid, end } = await someProcess();
    for (const [index, file] of files.entries()) {
      writeFileSync(file, String(contents[index]).replace(/^\d+/, String(pid)), { mode: 0o600 });
      chownSync(file, uid, gid);
    }
    expect(await findEmbeddedPostgres(options)).toBeNull();

    const server = await startEmbeddedPostgres(options);
    expect(server.startedHere).toBe(true);
    await expectItWorks(server);
    await server.stop();
    await end();
  });
});

async function stranger() {
  const child = spawn('/bin/sleep', ['600'], runAs(serverAccount(null)));
  await once(child, 'spawn');
  return {
    pid: Number(child.pid),
    end: async () => {
      child.kill();
      await once(child, 'exit');
    },
  };
}

function deadPid(): number {
  return 4_194_304; // one past the highest that Linux gives
}

/** Resolves when initdb has begun to write below `dataDir`. */
async function begunInitdb(dataDir: string): Promise<void> {
  const begun = () =>
    existsSync(dataDir) &&
    readdirSync(dataDir, { recursive: true }).some((name) =>
      /data\.new-[^/]+\/PG_VERSION$/.test(String(name)),
    );
  await until(begun);
}
