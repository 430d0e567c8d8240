import { createHash, pbkdf2Sync } from 'node:crypto';
import { matchesImported, parseImportedHash } from '../../src/api-access-keys/imported/imported-hash.js';
import { pbkdf2Key, sha512Key } from '../support/django-keys.js';

const HEX = 'ab'.repeat(64);
const BASE64 = Buffer.alloc(32, 7).toString('base64');

describe('What djangorestframework-api-key wrote is read', () => {
  it('a SHA-512', () => {
    expect(parseImportedHash(`sha512$$${HEX}`)).toEqual({ scheme: 'sha512', hash: Buffer.from(HEX, 'hex') });
  });

  it('a PBKDF2, with its rounds and its salt, up to 2,000,000 rounds', () => {
    for (const iterations of [1, 600_000, 1_200_000, 2_000_000]) {
      expect(parseImportedHash(`pbkdf2_sha256$${iterations}$Na.Cl/+=-_$${BASE64}`)).toEqual({
        scheme: 'pbkdf2_sha256',
        hash: Buffer.alloc(32, 7),
        salt: 'Na.Cl/+=-_',
        iterations,
      });
    }
  });
});

it.each([
  ['nothing', ''],
  ['another scheme', `md5$$${HEX}`],
  ['text before a SHA-512', `x sha512$$${HEX}`],
  ['text after a SHA-512', `sha512$$${HEX}0`],
  ['a line after a SHA-512', `sha512$$${HEX}\n`],
  ['a salted SHA-512', `sha512$salt$${HEX}`],
  ['a SHA-512 cut short', `sha512$$${HEX.slice(1)}`],
  ['capital hex', `sha512$$${HEX.toUpperCase()}`],
  ['no rounds', `pbkdf2_sha256$$salt$${BASE64}`],
  ['0 rounds', `pbkdf2_sha256$0$salt$${BASE64}`],
  ['rounds that start with 0', `pbkdf2_sha256$01$salt$${BASE64}`],
  ['negative rounds', `pbkdf2_sha256$-1$salt$${BASE64}`],
  ['rounds that would hold a thread for seconds', `pbkdf2_sha256$2000001$salt$${BASE64}`],
  ['rounds of eight digits', `pbkdf2_sha256$10000000$salt$${BASE64}`],
  ['no salt', `pbkdf2_sha256$1000$$${BASE64}`],
  ['a salt that is no word', `pbkdf2_sha256$1000$sa lt$${BASE64}`],
  ['a salt of 65 characters', `pbkdf2_sha256$1000$${'s'.repeat(65)}$${BASE64}`],
  ['a hash cut short', `pbkdf2_sha256$1000$salt$${BASE64.slice(1)}`],
  ['a hash without its padding', `pbkdf2_sha256$1000$salt$${BASE64.slice(0, -1)}A`],
  ['text before a PBKDF2', `x pbkdf2_sha256$1000$salt$${BASE64}`],
  ['text after a PBKDF2', `pbkdf2_sha256$1000$salt$${BASE64}x`],
])('%s is no hash that is taken', (_what, text) => {
  expect(parseImportedHash(text)).toBeUndefined();
});

describe('A key matches the hash that it was hashed to, and no other', () => {
  it.each([
    ['SHA-512', sha512Key],
    ['PBKDF2', pbkdf2Key],
  ])('%s', async (_scheme, make) => {
    const [mine, other] = [make(), make()];
    const imported = parseImportedHash(mine.hashed_key);
    if (!imported) throw new Error('Not read.');
    expect(await matchesImported(mine.key, imported)).toBe(true);
    expect(await matchesImported(other.key, imported)).toBe(false);
    expect(await matchesImported('', imported)).toBe(false);
  });

  it('PBKDF2 goes by its own rounds and salt', async () => {
    const hash = pbkdf2Sync('key', 'salt', 1_000, 32, 'sha256');
    const imported = { scheme: 'pbkdf2_sha256', hash, salt: 'salt', iterations: 1_000 } as const;
    expect(await matchesImported('key', imported)).toBe(true);
    expect(await matchesImported('key', { ...imported, iterations: 1_001 })).toBe(false);
    expect(await matchesImported('key', { ...imported, salt: 'salz' })).toBe(false);
    expect(await matchesImported('key', { scheme: 'sha512', hash })).toBe(false);
  });

  it('a hash cut short matches nothing, and is no error', async () => {
    const hash = createHash('sha512').update('key').digest();
    expect(await matchesImported('key', { scheme: 'sha512', hash })).toBe(true);
    expect(await matchesImported('key', { scheme: 'sha512', hash: hash.subarray(0, 63) })).toBe(false);
  });
});
