import { lstatSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseEnv } from 'node:util';
import { readEnv } from '../../src/config/env.js';
import { newSigningKey } from '../../src/config/secrets.js';
import { run, runCommand } from '../support/command.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const SECRETS = ['SECRET_KEY', 'PASSWORD_PEPPER', 'JWT_KEYS', 'SEALING_KEYS', 'METRICS_TOKEN'];

type Settings = Record<string, string>;

/** `set -a; . FILE` in a shell: what a program that it starts then sees. */
async function byShell(file: string): Promise<Settings> {
  const { stdout } = await run('/bin/sh', ['-c', 'set -a; . "$0"; exec env -0', file]);
  const all = Object.fromEntries(stdout.split('\0').map((line) => split(line)));
  return Object.fromEntries(SECRETS.map((name) => [name, all[name] ?? '']));
}

/** `docker run --env-file`: each line as it is, but for those that begin with a number sign. */
function byDocker(file: string): Settings {
  const lines = readFileSync(file, 'utf8').split('\n');
  return Object.fromEntries(lines.filter((line) => line !== '' && !line.startsWith('#')).map(split));
}

/**
 * `EnvironmentFile=` (systemd.exec(5)): comments begin with a number sign or a semicolon; outside of quotes a backslash
 * escapes the next character; white space around a value is dropped.
 */
function bySystemd(file: string): Settings {
  const lines = readFileSync(file, 'utf8').split('\n');
  const settings = lines.filter((line) => line.trim() !== '' && !/^\s*[#;]/.test(line)).map(split);
  return Object.fromEntries(
    settings.map(([name, value]) => [name.trim(), value.trim().replaceAll(/\\(.)|["']/g, '$1')]),
  );
}

function split(line: string): [string, string] {
  const at = line.indexOf('=');
  return [line.slice(0, at), line.slice(at + 1)];
}

async function init(name = 'production.env'): Promise<{ file: string; text: string; told: string }> {
  const file = path.join(temporaryFolder(), name);
  const { status, stdout, stderr } = await runCommand(['init', file]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return { file, text: readFileSync(file, 'utf8'), told: stdout };
}

describe('cli init', () => {
  it('makes all that production has to be given in secrets; a shell, docker, systemd and Node read the same', async () => {
    const { file } = await init();
    const settings = await byShell(file);
    expect(Object.keys(settings)).toEqual(SECRETS);
    for (const value of Object.values(settings)) expect(value).toMatch(/^[\w.:/+=-]{32,}$/);
    expect(byDocker(file)).toEqual(settings);
    expect(bySystemd(file)).toEqual(settings);
    expect({ ...parseEnv(readFileSync(file, 'utf8')) }).toEqual(settings);
    const env = readEnv({
      ...settings,
      NODE_ENV: 'production',
      PUBLIC_ORIGIN: 'https://auth.example.com',
      DATABASE_URL: 'postgres://nobody@localhost/nowhere',
    });
    expect(env.JWT_KEYS.keys).toHaveLength(1);
    expect(Object.keys(env.SEALING_KEYS.keys)).toEqual([env.SEALING_KEYS.writer]);
  });

  it('writes for the owner’s eyes alone, tells no secret, and makes others each time', async () => {
    const first = await init();
    const second = await init();
    expect(statSync(first.file).mode & 0o7777).toBe(0o600);
    const [one, other] = [byDocker(first.file), byDocker(second.file)];
    for (const name of SECRETS) {
      expect(first.told).toContain(name);
      expect(first.told).not.toContain(one[name]);
      expect(one[name]).not.toBe(other[name]);
    }
  });

  it('never touches what is there: a file, a link that leads nowhere, a folder that is not there', async () => {
    const folder = temporaryFolder();
    const kept = path.join(folder, 'kept.env');
    writeFileSync(kept, 'SECRET_KEY=of-a-running-service\n');
    const link = path.join(folder, 'link.env');
    symlinkSync(path.join(folder, 'nowhere'), link);
    for (const [file, why] of [
      [kept, /exists already and was left as it is/],
      [link, /exists already and was left as it is/],
      [path.join(folder, 'none', 'a.env'), /can't be written/],
    ] as const) {
      const { status, stdout, stderr } = await runCommand(['init', file]);
      expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
      expect(stderr).toMatch(why);
      expect(stderr.trim().split('\n')).toHaveLength(1);
    }
    expect(readFileSync(kept, 'utf8')).toBe('SECRET_KEY=of-a-running-service\n');
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(() => readFileSync(link)).toThrow('ENOENT');
  });
});

describe('settings from files', () => {
  it('every setting may stand in a file of its own; one that can not be read is told by name', () => {
    const folder = temporaryFolder();
    const inFile = (name: string, value: string): [string, string] => {
      const file = path.join(folder, name);
      writeFileSync(file, `${value}\n`);
      return [`${name}_FILE`, file];
    };
    const secrets = {
      SECRET_KEY: 'Zx81-qwer-tyui-opas-dfgh-jklz-xcvb',
      PASSWORD_PEPPER: 'Qw92-asdf-ghjk-lzxc-vbnm-qwer-tyui',
    };
    const ring = { writer: 'k1', keys: { k1: Buffer.from([...Array(32).keys()]).toString('base64') } };
    const jwk = newSigningKey();
    const env = readEnv(
      Object.fromEntries([
        ...Object.entries(secrets).map(([name, value]) => inFile(name, value)),
        inFile('DATABASE_URL', 'postgres://nobody:from-a-file@localhost/nowhere'),
        inFile('SEALING_KEYS', JSON.stringify(ring)),
        inFile('JWT_KEYS', Buffer.from(JSON.stringify({ keys: [jwk] })).toString('base64url')),
      ]) as Record<string, string>,
    );
    expect(env).toMatchObject({
      ...secrets,
      DATABASE_URL: 'postgres://nobody:from-a-file@localhost/nowhere',
      SEALING_KEYS: ring,
      JWT_KEYS: { keys: [jwk] },
    });
    for (const file of [path.join(folder, 'none'), folder])
      expect(() => readEnv({ DATABASE_URL: 'postgres://nobody@localhost/x', SECRET_KEY_FILE: file })).toThrow(
        "SECRET_KEY_FILE names a file that can't be read",
      );
  });
});
