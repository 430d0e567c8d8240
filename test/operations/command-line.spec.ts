import { readFileSync } from 'node:fs';
import { run, runCommand } from '../support/command.js';

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
const NOWHERE = { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/nowhere' };

describe('the command line', () => {
  it('tells its version and what there is, with the meaning of every exit status, on standard output', async () => {
    expect(await runCommand(['--version'])).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' });
    const { status, stdout, stderr } = await runCommand(['--help']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    for (const word of ['init', 'migrate', 'users', 'orgs', 'members', 'access-keys', 'audit', 'keyring'])
      expect(stdout).toMatch(new RegExp(`^  ${word} `, 'm'));
    for (const exit of ['0  done', '1  refused', '2  the command', '3  the settings', '4  a fault'])
      expect(stdout).toContain(exit);
  });

  it.each([['--version'], ['--help'], ['users --help'], ['access-keys issue --help'], ['keyring --help']])(
    '%s loads nothing but what reads command lines, so that it is there at once',
    async (line) => {
      const { status, stderr } = await runCommand(line.split(' '), { TELL_PACKAGES: 'yes' });
      expect(status).toBe(0);
      expect(JSON.parse(stderr)).toEqual(['commander']);
    },
  );

  it.each([['--json'], ['users --json'], ['--json --progress']])(
    '%s, which names no command, is told so as JSON, with status 2',
    async (line) => {
      const { status, stdout, stderr } = await runCommand(line.split(' '));
      expect({ status, told: JSON.parse(stdout) as unknown, stderr }).toEqual({
        status: 2,
        told: { error: { code: 'usage', message: 'Name a command: `--help` tells which there are.' } },
        stderr: '',
      });
    },
  );

  it.each([
    ['9999-12-31T23:59:59Z', 'Datetime must lie between the years 1970 and 9998.'],
    ['9999-12-31T23:59:59-14:00', 'Datetime must lie between the years 1970 and 9998.'],
    ['2030-01-31T12:00:00', 'Datetime must name a time zone, like 2030-01-31T12:00:00Z.'],
    ['tomorrow', 'Datetime has wrong format. Use one of these formats instead: YYYY-MM-DDThh:mm'],
  ])('of the instant %s it is told which rule it breaks, in the words of HTTP', async (instant, rule) => {
    const { status, stderr } = await runCommand(['access-keys', 'suspend', 'qTizYIPb', '--until', instant]);
    expect(status).toBe(2);
    expect(stderr).toContain(`argument '${instant}' is invalid. ${rule}`);
  });

  it('ends quietly when whoever reads what it prints has enough', async () => {
    const child = `exec "$0" test/support/cli-child.mjs`;
    const { status, stdout, stderr } = await run(
      '/bin/bash',
      ['-c', `set -o pipefail; (${child}) | true`, process.execPath],
      { variables: { CLI_ARGUMENTS: '["--help"]' } },
    );
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  it.each([
    ['a word that is no command', ['nonsense'], 2, 'usage', /unknown command 'nonsense'/],
    ['an option that is missing', ['users', 'create', '--name', 'Ada'], 2, 'usage', /--email/],
    ['an id that is none', ['members', 'add', '--org', 'x'], 2, 'usage', /It must be an id/],
    ['settings that are missing', ['audit', 'heads'], 3, 'settings', /SECRET_KEY is missing/],
    ['a database that is not there', ['migrate'], 3, 'database', /can't be reached/],
  ])(
    '%s: one failure, in words for people and as JSON for programs',
    async (_case, words, status, code, why) => {
      const told = await runCommand(words, NOWHERE);
      expect({ status: told.status, stdout: told.stdout }).toEqual({ status, stdout: '' });
      expect(told.stderr).toMatch(why);
      expect(told.stderr).not.toMatch(/^ {4}at /m);
      const asJson = await runCommand(['--json', ...words], NOWHERE);
      expect({ status: asJson.status, stderr: asJson.stderr }).toEqual({ status, stderr: '' });
      const { error } = JSON.parse(asJson.stdout) as { error: { code: string; message: string } };
      expect(error.code).toBe(code);
      expect(error.message).toMatch(why);
    },
  );
});
