import { cpSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { startTestApp, type TestApp } from '../support/app.js';
import { type CommandShell, startCommandShell } from '../support/command-shell.js';
import { type Outcome, run } from '../support/command.js';
import { settingsOf } from '../support/service-process.js';
import { temporaryFolder } from '../support/temporary-folder.js';

/** Compiling the whole service takes a while beside other tests. */
const PATIENCE = 180_000;

/** An installation: what was built, beside the packages. */
const installation = temporaryFolder();
const MAIN = path.join(installation, 'dist', 'src', 'cli', 'main.js');

let test: TestApp;
let shell: CommandShell;
beforeAll(async () => {
  test = await startTestApp();
  shell = startCommandShell(test);
  symlinkSync(path.resolve('node_modules'), path.join(installation, 'node_modules'));
  cpSync('package.json', path.join(installation, 'package.json'));
  const dist = path.join(installation, 'dist');
  const build = {
    tsc: path.resolve('node_modules', 'typescript', 'bin', 'tsc'),
    project: 'tsconfig.build.json',
  };
  await done(build.tsc, '-p', build.project, '--outDir', dist, '--tsBuildInfoFile', path.join(dist, 'info'));
  await done('scripts/bundle-commands.mjs', dist);
}, PATIENCE);
afterAll(async () => {
  await shell.close();
  await test.close();
});

async function done(...words: string[]): Promise<void> {
  expect(await run(process.execPath, words)).toEqual({ status: 0, stdout: '', stderr: '' });
}

/** Runs a command as it was built. */
function command(words: string, more: Record<string, string> = {}): Promise<Outcome> {
  return run(process.execPath, ['--enable-source-maps', MAIN, '--json', ...words.split(' ')], {
    cwd: installation,
    variables: { ...settingsOf(test), ...more },
  });
}

describe('the command line as it is built', () => {
  it.each([
    'users list',
    'members list --org ORG',
    'access-keys list',
    'access-keys review',
    'policy show --org ORG',
    'grants list',
    'requests list',
    'provider-keys list --org ORG',
    'audit verify',
    'signing-keys list',
    'keyring status',
  ])('tells by `%s` what the sources tell', async (line) => {
    const org = await test.make.org();
    const words = line.replace('ORG', String(org.id));
    const { status, stdout, stderr } = await command(words);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(await shell.json(...words.split(' '))).toEqual({ status: 0, told: JSON.parse(stdout) as object });
  });

  it('judges what is typed by the rules of the bodies, and writes what is good', async () => {
    const bad = await command('users create --email nobody --name Ada');
    expect(bad.status).toBe(1);
    expect(JSON.parse(bad.stdout)).toMatchObject({
      error: { fields: { email: expect.any(Array) as string[] } },
    });
    const made = await command('users create --email ada@example.com --name Ada');
    expect({ status: made.status, told: JSON.parse(made.stdout) as object }).toMatchObject({
      status: 0,
      told: { email: 'ada@example.com', name: 'Ada' },
    });
  });

  it('loads a few files of its own, and no second copy of a package that is in them', async () => {
    const covered = temporaryFolder();
    expect(await command('access-keys list', { NODE_V8_COVERAGE: covered })).toMatchObject({ status: 0 });
    const files = filesIn(covered);
    const own = files.filter((file) => file.startsWith(`${path.join(installation, 'dist')}/`));
    expect(own.length).toBeGreaterThan(0);
    expect(own.length).toBeLessThan(150);
    const packages = files.flatMap((file) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? []);
    expect(packages).toContain('pg');
    expect(packages.filter((name) => !OUTSIDE.test(name))).toEqual([]);
  });

  it('tells of a fault where in the sources it happened', async () => {
    await test.database.query('ALTER TABLE access_key_grants RENAME TO elsewhere');
    const { status, stdout } = await command('grants list');
    expect(status).toBe(4);
    const { error } = JSON.parse(stdout) as { error: { message: string } };
    expect(error.message).toMatch(/src\/.*grants.*\.ts:\d+/);
  });
});

/** PostgreSQL's driver, what hashes passwords, and what these load. */
const OUTSIDE = /^(?:bcrypt|node-gyp-build|pg|pg-.*|postgres-.*|xtend)$/;

/** The files that a process loaded, by what V8 says. */
function filesIn(covered: string): string[] {
  return readdirSync(covered).flatMap((name) => {
    const { result } = JSON.parse(readFileSync(path.join(covered, name), 'utf8')) as {
      result: { url: string }[];
    };
    return result.flatMap(({ url }) => (url.startsWith('file://') ? [new URL(url).pathname] : []));
  });
}
