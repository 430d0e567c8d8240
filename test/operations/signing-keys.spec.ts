import { readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { readEnv } from '../../src/config/env.js';
import { newSecrets } from '../../src/config/secrets.js';
import { runCommand } from '../support/command.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const { JWT_KEYS, ...others } = newSecrets(1_700_000_000);
const settings = { ...others, DATABASE_URL: 'postgres://nobody@127.0.0.1:1/nowhere' };

interface Jwk {
  readonly kid: string;
  readonly iat?: number;
}

/** The commands on keys that are kept in a file. */
function inFile() {
  const file = path.join(temporaryFolder(), 'jwt-keys.json');
  writeFileSync(file, JWT_KEYS, { mode: 0o600 });
  return {
    file,
    kids: () => (JSON.parse(readFileSync(file, 'utf8')) as { keys: Jwk[] }).keys.map(({ kid }) => kid),
    run: async (...words: string[]) => {
      const variables = { ...settings, JWT_KEYS_FILE: file };
      const { status, stdout } = await runCommand(['--json', 'signing-keys', ...words], variables);
      return { status, told: JSON.parse(stdout) as Record<string, unknown> };
    },
  };
}

describe('cli signing-keys', () => {
  it('rolls the key that signs: a new one verifies, then signs, then the old one goes; the file stays its owner’s', async () => {
    const { file, kids, run } = inFile();
    const [old] = kids();
    expect(await run('list')).toEqual({
      status: 0,
      told: { count: 1, results: [{ kid: old, signs: true, made_at: '2023-11-14T22:13:20.000Z' }] },
    });
    const added = await run('add');
    expect(added).toEqual({ status: 0, told: { kid: expect.any(String) as string, written_to: file } });
    const fresh = added.told.kid as string;
    expect(kids()).toEqual([old, fresh]);
    expect(await run('rotate', '--to', fresh)).toEqual({
      status: 0,
      told: { signs: fresh, written_to: file },
    });
    expect(kids()).toEqual([fresh, old]);
    expect(await run('retire', old as string)).toEqual({
      status: 0,
      told: { retired: old, written_to: file },
    });
    expect(kids()).toEqual([fresh]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readEnv({ ...settings, JWT_KEYS_FILE: file }).JWT_KEYS.keys).toHaveLength(1);
  });

  it('takes out no key that signs, knows no key that isn’t there, and leaves the file as it is', async () => {
    const { kids, run } = inFile();
    const [signer = ''] = kids();
    for (const [words, why] of [
      [['retire', signer], /signs: let another one sign first/],
      [['retire', 'nonsense'], /There is no signing key "nonsense"/],
      [['rotate', '--to', 'nonsense'], /There is no signing key "nonsense"/],
    ] as const) {
      const { status, told } = await run(...words);
      expect({ status, told }).toMatchObject({ status: 1, told: { error: { code: 'refused' } } });
      expect((told.error as { message: string }).message).toMatch(why);
    }
    expect(kids()).toEqual([signer]);
  });

  it('keys in a variable are told in a form that every environment file takes', async () => {
    const { status, stdout } = await runCommand(['--json', 'signing-keys', 'add'], { ...settings, JWT_KEYS });
    expect(status).toBe(0);
    const { kid, for_the_environment: line } = JSON.parse(stdout) as Record<string, string>;
    const [, value] = /^JWT_KEYS=([\w-]+)$/.exec(line ?? '') ?? [];
    const [first] = (JSON.parse(JWT_KEYS) as { keys: Jwk[] }).keys;
    expect(readEnv({ ...settings, JWT_KEYS: value }).JWT_KEYS.keys.map((key) => key.kid)).toEqual([
      first?.kid,
      kid,
    ]);
  });
});
