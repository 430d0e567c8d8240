import { readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { readEnv } from '../../src/config/env.js';
import { newSealingKey, newSealingKeys } from '../../src/config/sealing-keys.js';
import { ensureSecrets, newSigningKey } from '../../src/config/secrets.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { randomText } from '../../src/common/crypto/random-text.js';

const given = (over: Record<string, string>): Record<string, string> => ({
  DATABASE_URL: 'postgres://nobody@localhost/nowhere',
  SECRET_KEY: randomText(43),
  PASSWORD_PEPPER: randomText(43),
  JWT_KEYS: JSON.stringify({ keys: [newSigningKey()] }),
  SEALING_KEYS: JSON.stringify(newSealingKeys()),
  ...over,
});
const problemOf = (over: Record<string, string>): string => {
  try {
    readEnv(given(over));
    return '';
  } catch (error) {
    return (error as Error).message;
  }
};

const { key } = newSealingKey();
const ring = (writer: string, keys: Record<string, string>): string => JSON.stringify({ writer, keys });

it.each([
  ['is missing', ''],
  ['is not JSON', 'k1'],
  ['names a writer that is not among its keys', ring('k2', { k1: key })],
  ['must be 32 random bytes', ring('k1', { k1: key.slice(4) })],
  ['must be 32 random bytes', ring('k1', { k1: Buffer.alloc(32).toString('base64') })],
  ['has one key under two names', ring('k1', { k1: key, k2: key })],
  ['Invalid', ring('k 1', { 'k 1': key })],
])('a key ring that %s keeps the service from starting, named without its value (I10)', (why, text) => {
  const problem = problemOf({ SEALING_KEYS: text });
  expect(problem).toContain('SEALING_KEYS');
  expect(problem).toContain(why);
  expect(problem).not.toContain(key);
});

it('production refuses to send provider calls anywhere but to the providers (J3)', () => {
  const over = { PROVIDER_BASE_URLS: '{"H":"http://127.0.0.1:4701"}' };
  expect(problemOf(over)).toBe('');
  expect(problemOf({ ...over, NODE_ENV: 'production' })).toContain('PROVIDER_BASE_URLS must not be set');
  expect(problemOf({ PROVIDER_BASE_URLS: '{"H":"http://127.0.0.1:4701/path"}' })).toContain('origin');
  expect(problemOf({ PROVIDER_BASE_URLS: '{"X":"http://127.0.0.1:4701"}' })).toContain('PROVIDER_BASE_URLS');
});

describe('the embedded mode', () => {
  it('makes a key ring with its other secrets, for its owner alone', () => {
    const dataDir = temporaryFolder();
    const env = readEnv({ DATA_DIR: dataDir });
    expect(Object.keys(env.SEALING_KEYS.keys)).toEqual([env.SEALING_KEYS.writer]);
    expect(readEnv({ DATA_DIR: dataDir }).SEALING_KEYS).toEqual(env.SEALING_KEYS);
    expect(statSync(path.join(dataDir, 'secrets.json')).mode & 0o777).toBe(0o600);
  });

  it('completes secrets that are older than key rings, the same way in every process', () => {
    const dataDir = temporaryFolder();
    const file = path.join(dataDir, 'secrets.json');
    const old: Record<string, string> = { ...ensureSecrets(dataDir) };
    delete old.SEALING_KEYS;
    const complete = (): string => {
      writeFileSync(file, JSON.stringify(old));
      return ensureSecrets(dataDir).SEALING_KEYS;
    };
    const first = complete();
    expect(complete()).toBe(first);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ ...old, SEALING_KEYS: first });
    expect(readEnv({ DATA_DIR: dataDir }).SECRET_KEY).toBe(old.SECRET_KEY);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });
});
