import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { newSealingKeys } from '../../src/config/sealing-keys.js';
import { isAlive } from '../../src/database/embedded/pid-file.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { freePort } from '../support/free-port.js';
import { settingsOf, startChild } from '../support/service-process.js';
import { run } from '../support/command.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { until } from '../support/until.js';

const MAIN = path.resolve('test/support/main-child.mjs');
const { start } = (JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: { start: string } })
  .scripts;

const answers = (url: string): Promise<boolean> =>
  fetch(url, { headers: { connection: 'close' } }).then(
    ({ ok }) => ok,
    () => false,
  );

describe('npm start', () => {
  const folder = temporaryFolder();
  const data = path.join(folder, 'data');

  beforeAll(() => {
    // The script of package.json, but for what it runs: this checkout's sources, not what was built of them.
    const script = start.replace('dist/src/main.js', MAIN);
    expect(script).toContain(MAIN);
    writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ scripts: { start: script } }));
  });

  async function npmStart(): Promise<{ npm: ChildProcess; url: string }> {
    const port = await freePort();
    const npm = spawn('npm', ['start'], {
      cwd: folder,
      detached: true, // signals are for npm alone, not for its group
      stdio: 'ignore',
      env: {
        PATH: process.env['PATH'],
        HOME: folder,
        NODE_NO_WARNINGS: '1',
        DATA_DIR: data,
        PORT: String(port),
        LOG_LEVEL: 'silent',
      },
    });
    const url = `http://127.0.0.1:${port}/readyz`;
    await until(() => answers(url));
    return { npm, url };
  }

  function postmaster(): number {
    const cluster = readdirSync(data).find((name) => name.startsWith('postgres-'));
    return Number.parseInt(
      readFileSync(path.join(data, String(cluster), 'data', 'postmaster.pid'), 'utf8'),
      10,
    );
  }

  it.each(['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGKILL'] as const)(
    'ends with its child and the embedded PostgreSQL on %s',
    async (signal) => {
      const { npm, url } = await npmStart();
      const database = postmaster();
      npm.kill(signal);
      await once(npm, 'exit');
      await until(() => Promise.resolve(!isAlive(database)));
      expect(await answers(url)).toBe(false);
      expect(existsSync(data)).toBe(true);
    },
  );
});

describe('the service', () => {
  let test: TestApp;
  beforeAll(async () => {
    test = await startTestApp();
  });
  afterAll(() => test.close());

  it('that is told to end says first that it is leaving, goes on answering meanwhile, and ends in order', async () => {
    const port = await freePort();
    const child = startChild('last-resort-child.mjs', test, { PORT: String(port), DRAIN_SECONDS: '5' });
    expect(await child.nextLine()).toBe('listening');
    const get = (path: string) =>
      fetch(`http://127.0.0.1:${port}${path}`, { headers: { connection: 'close' } });
    expect((await get('/readyz')).status).toBe(200);
    child.signal('SIGTERM');
    child.signal('SIGTERM'); // a terminal and a supervisor often send two
    await until(async () => (await get('/readyz')).status === 503);
    expect(await (await get('/readyz')).json()).toMatchObject({ status: 'leaving', database: 'ok' });
    const { status, headers } = await fetch(`http://127.0.0.1:${port}/.well-known/jwks.json`);
    expect([status, headers.get('connection')]).toEqual([200, 'keep-alive']);
    expect(await child.ended).toEqual([0, null]);
    expect(await answers(`http://127.0.0.1:${port}/healthz`)).toBe(false);
  });

  it.each([
    [
      'a port that is taken',
      (url: URL) => ({ PORT: url.port }),
      /^127\.0\.0\.1:\d+ is taken: another process listens there/,
    ],
    [
      'a HOST that is no address of this machine',
      () => ({ HOST: '192.0.2.1' }),
      /^192\.0\.2\.1 is no address of this machine/,
    ],
    [
      'a HOST that is no name of any machine',
      () => ({ HOST: 'nosuch.invalid' }),
      /^nosuch\.invalid names no address\. Set another HOST\./,
    ],
    [
      'proxies that are none',
      () => ({ TRUSTED_PROXIES: 'foo' }),
      /^The configuration is not usable:\n {2}- TRUSTED_PROXIES: must list/,
    ],
    [
      'a bad setting',
      () => ({ DATABASE_POOL_SIZE: 'many' }),
      /^The configuration is not usable:\n {2}- DATABASE_POOL_SIZE/,
    ],
    [
      'the key ring of another database',
      () => ({ SEALING_KEYS: JSON.stringify(newSealingKeys()), LOG_LEVEL: 'error' }),
      /none of its keys/,
    ],
    [
      'a role that may not log in',
      (_url: URL, database: URL) => ({ DATABASE_URL: withUser(database) }),
      /^The database refuses the login: role "stranger" does not exist/,
    ],
    [
      'a server that is not there',
      () => ({ DATABASE_URL: 'postgres://nobody@127.0.0.1:1/x' }),
      /^The database can't be reached: connect ECONNREFUSED/,
    ],
  ])(
    'that can not start for %s says so in one line without a stack, and ends with 1',
    async (_case, overrides, why) => {
      const database = new URL(String(test.env.DATABASE_URL));
      const variables = {
        ...settingsOf(test),
        NODE_ENV: 'test',
        LOG_LEVEL: 'fatal',
        ...overrides(new URL(test.url), database),
      };
      const { status, stdout, stderr } = await run(process.execPath, [MAIN], { variables });
      expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
      const lines = stderr.trim().split('\n');
      expect(lines).toHaveLength(1);
      const { level, msg } = JSON.parse(lines[0] ?? '') as { level: number; msg: string };
      expect(level).toBe(60);
      expect(msg).toMatch(why);
      expect(msg).not.toMatch(/^ {4}at /m);
    },
  );

  it('that can not start tells why once, and not a second time as the framework would', async () => {
    const { stdout, stderr } = await run(process.execPath, [MAIN], {
      variables: {
        ...settingsOf(test),
        NODE_ENV: 'test',
        LOG_LEVEL: 'error',
        DATABASE_URL: 'postgres://nobody@127.0.0.1:1/x',
      },
    });
    const told = [...stdout.trim().split('\n'), ...stderr.trim().split('\n')];
    expect(told.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual([
      'Unable to connect to the database. Retrying (1)...',
      'Unable to connect to the database. Retrying (2)...',
      'Unable to connect to the database. Retrying (3)...',
      expect.stringMatching(/^The database can't be reached/),
    ]);
  });

  function withUser(database: URL): string {
    const other = new URL(database);
    other.username = 'stranger';
    return other.toString();
  }
});
