import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { SecretBox } from '../../src/common/crypto/secret-box.js';
import type { SealingKeys } from '../../src/config/sealing-keys.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { runCommand } from '../support/command.js';
import { makeSealedRows } from '../support/sealed-rows.js';
import { settingsOf } from '../support/service-process.js';
import { temporaryFolder } from '../support/temporary-folder.js';

let test: TestApp;
let ring: SealingKeys;
beforeEach(async () => {
  test = await startTestApp();
  ring = test.env.SEALING_KEYS;
});
afterEach(() => test.close());

/** What a command of the key ring tells. */
async function keyring(variables: Record<string, string>, ...words: string[]): Promise<unknown> {
  const { status, stdout } = await runCommand(['--json', 'keyring', ...words], variables);
  return { status, ...(JSON.parse(stdout) as object) };
}

describe('The key ring, by its commands', () => {
  it('gets a key in its file, which seals every secret once a service was started with it', async () => {
    await makeSealedRows(test.database, new SecretBox(ring), await test.make.org(), 2);
    const file = path.join(temporaryFolder(), 'ring.json');
    writeFileSync(file, JSON.stringify(ring), { mode: 0o600 });
    const others = Object.entries(settingsOf(test)).filter(([name]) => name !== 'SEALING_KEYS');
    const settings = { ...Object.fromEntries(others), SEALING_KEYS_FILE: file };
    const inFile = (): unknown => JSON.parse(readFileSync(file, 'utf8'));

    const added = (await keyring(settings, 'add')) as { kid: string };
    expect(added).toEqual({ status: 0, kid: expect.any(String) as string, written_to: file });
    const { kid } = added;
    const keys = { ...ring.keys, [kid]: expect.stringMatching(/^[\w+/=-]{43,44}$/) as string };
    expect(inFile()).toEqual({ writer: ring.writer, keys });

    expect(await keyring(settings, 'rotate', '--to', 'k-unknown')).toMatchObject({ status: 1 });
    expect(await keyring(settings, 'rotate', '--to', kid)).toMatchObject({ status: 1 }); // no service opens it yet
    expect(inFile()).toEqual({ writer: ring.writer, keys });

    await (await test.another({ SEALING_KEYS: JSON.stringify(inFile()) })).close();
    expect(await keyring(settings, 'rotate', '--to', kid)).toEqual({
      status: 0,
      writer: kid,
      resealed: 2,
      unreadable: [],
    });
    expect(inFile()).toEqual({ writer: kid, keys });
    expect(await keyring(settings, 'status')).toMatchObject({ writer: kid, under_old_keys: 0 });
  });

  it('is told with the new key where it is a variable, for its owner to set, and its writer is changed there', async () => {
    const settings = settingsOf(test);
    const added = (await keyring(settings, 'add')) as { kid: string; for_the_environment: string };
    const next = { writer: ring.writer, keys: { ...ring.keys, [added.kid]: expect.any(String) as string } };
    expect(added).toMatchObject({ status: 0, sealing_keys: next });
    const [, value = ''] = /^SEALING_KEYS=([\w-]+)$/.exec(added.for_the_environment) ?? [];
    expect(JSON.parse(Buffer.from(value, 'base64url').toString())).toEqual(next);
    await (await test.another({ SEALING_KEYS: value })).close();
    expect(await keyring({ ...settings, SEALING_KEYS: value }, 'rotate', '--to', added.kid)).toMatchObject({
      status: 1,
      error: { message: 'The key ring is in SEALING_KEYS: set its "writer" there.' },
    });
  });
});
