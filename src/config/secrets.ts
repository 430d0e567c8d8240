import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync, linkSync, rmSync } from 'node:fs';
import path from 'node:path';
import { newRsaKey } from './rsa-key.js';
import { derivedSealingKeys, newSealingKeys } from './sealing-keys.js';

/** What an installation needs and nobody may know, as `readEnv` takes it. */
export type Secrets = Record<'SECRET_KEY' | 'PASSWORD_PEPPER' | 'JWT_KEYS' | 'SEALING_KEYS', string>;

/**
 * The secrets of the embedded mode: what production is given in its environment, made once and kept in
 * `<dataDir>/secrets.json`, readable by its owner alone. Two processes that start at once end up with the same file.
 */
export function ensureSecrets(dataDir: string): Secrets {
  const file = fileIn(dataDir);
  const secrets = read(file) ?? create(file);
  if ('SEALING_KEYS' in secrets) return secrets as Secrets;
  const completed = { ...secrets, SEALING_KEYS: JSON.stringify(derivedSealingKeys(secrets.SECRET_KEY)) };
  replaceFile(file, JSON.stringify(completed, null, 2));
  return completed;
}

/** Puts other keys into the data folder's secrets. */
export function saveKeys(dataDir: string, name: 'SEALING_KEYS' | 'JWT_KEYS', keys: object): void {
  const secrets = { ...ensureSecrets(dataDir), [name]: JSON.stringify(keys) };
  replaceFile(fileIn(dataDir), JSON.stringify(secrets, null, 2));
}

/** Replaces a file of secrets in one step: whoever reads it, also after a crash, sees the old text or the new one. */
export function replaceFile(file: string, text: string): void {
  const draft = draftOf(file, text);
  renameSync(draft, file);
}

function fileIn(dataDir: string): string {
  return path.join(dataDir, 'secrets.json');
}

/** The secrets of a data folder are there and can't be read: nothing may go on with others. */
export class UnreadableSecrets extends Error {
  override readonly name = 'UnreadableSecrets';
}

/** Secrets as they may lie in a folder that an earlier version made. */
type FoundSecrets = Omit<Secrets, 'SEALING_KEYS'> & Partial<Secrets>;

function read(file: string): FoundSecrets | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as FoundSecrets;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new UnreadableSecrets(
      `${file} can't be read. Restore it from a backup: without it no password and no token is valid, and no provider key opens.`,
      {
        cause: error,
      },
    );
  }
}

function create(file: string): FoundSecrets {
  mkdirSync(path.dirname(file), { recursive: true });
  const draft = draftOf(file, JSON.stringify(newSecrets(), null, 2));
  try {
    linkSync(draft, file); // fails when another process was first: then its secrets are the ones
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  return read(file) ?? create(file);
}

function draftOf(file: string, text: string): string {
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  writeFileSync(draft, text, { mode: 0o600, flush: true });
  return draft;
}

/** Random ones, of a new installation; `madeAt`, in seconds since 1970, is kept with the key that signs. */
export function newSecrets(madeAt?: number): Secrets {
  const random = (): string => randomBytes(32).toString('base64url');
  return {
    SECRET_KEY: random(),
    PASSWORD_PEPPER: random(),
    JWT_KEYS: JSON.stringify({ keys: [newSigningKey(madeAt)] }),
    SEALING_KEYS: JSON.stringify(newSealingKeys()),
  };
}

/**
 * A private RSA key of 2048 bits as a JWK, named by a random `kid`. With `madeAt`, its `iat` tells when it was made (OpenID
 * Federation 1.0, 8.7.2).
 */
export function newSigningKey(madeAt?: number): Record<string, unknown> {
  return {
    ...newRsaKey().export({ format: 'jwk' }),
    kid: randomBytes(8).toString('hex'),
    use: 'sig',
    alg: 'RS256',
    ...(madeAt !== undefined && { iat: madeAt }),
  };
}
