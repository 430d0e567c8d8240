import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync, linkSync, rmSync } from 'node:fs';
import path from 'node:path';

type Secrets = Record<'SECRET_KEY' | 'PASSWORD_PEPPER' | 'JWT_KEYS', string>;

/**
 * The secrets of the embedded mode: what production is given in its environment, made once and kept in
 * `<dataDir>/secrets.json`, readable by its owner alone. Two processes that start at once end up with the same file.
 */
export function ensureSecrets(dataDir: string): Secrets {
  const file = path.join(dataDir, 'secrets.json');
  return read(file) ?? create(file);
}

function read(file: string): Secrets | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Secrets;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new Error(
      `${file} can't be read. Restore it from a backup: without it no password and no token is valid.`,
      {
        cause: error,
      },
    );
  }
}

function create(file: string): Secrets {
  mkdirSync(path.dirname(file), { recursive: true });
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  writeFileSync(draft, JSON.stringify(newSecrets(), null, 2), { mode: 0o600, flush: true });
  try {
    linkSync(draft, file); // fails when another process was first: then its secrets are the ones
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  return read(file) ?? create(file);
}

function newSecrets(): Secrets {
  const random = (): string => randomBytes(32).toString('base64url');
  return {
    SECRET_KEY: random(),
    PASSWORD_PEPPER: random(),
    JWT_KEYS: JSON.stringify({ keys: [newSigningKey()] }),
  };
}

/** A private RSA key of 2048 bits as a JWK, named by a random `kid`. */
export function newSigningKey(): Record<string, unknown> {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return {
    ...privateKey.export({ format: 'jwk' }),
    kid: randomBytes(8).toString('hex'),
    use: 'sig',
    alg: 'RS256',
  };
}
