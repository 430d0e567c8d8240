import { execFile, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { SigningKeys } from '../dist/src/auth/signing-keys.js';
import { TokenSigner } from '../dist/src/auth/tokens/token-signer.js';
import { ensureSecrets } from '../dist/src/config/secrets.js';
import { PasswordHasher } from '../dist/src/users/password-hasher.js';
import { Server } from './processes.mjs';

/** Our service's configuration: as in production, but without a line per request in the log, which no peer writes. */
const ENV = {
  ...newSecrets(),
  NODE_ENV: 'production',
  PUBLIC_ORIGIN: 'https://bench.example',
  LOG_LEVEL: 'warn',
  TRUSTED_PROXIES: '127.0.0.1', // whose checks are answered
};

/** Starts our service on `database`; `env` overrides its configuration. */
export function startService(database, env = {}, options = {}) {
  return Server.start('service.mjs', { ...ENV, DATABASE_URL: database.url, ...env }, options);
}

const COMMAND_LINE = path.join(import.meta.dirname, '..', 'dist', 'src', 'cli', 'main.js');
const envOf = (database) => ({ PATH: process.env.PATH, ...ENV, DATABASE_URL: database.url });

/** Runs a command of our service's command line on `database`; gives what it says on standard error. */
export async function runCommand(database, ...words) {
  const { stderr } = await promisify(execFile)(process.execPath, [COMMAND_LINE, ...words], {
    env: envOf(database),
    maxBuffer: 2 ** 26,
  });
  return stderr;
}

/** Starts a command; what it tells of its progress is shown. */
export function startCommand(database, ...words) {
  return spawn(process.execPath, [COMMAND_LINE, ...words], {
    env: envOf(database),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

/** Signs an access token of user `n` in family `n`, good for some hours. */
export function tokenSigner() {
  const signer = new TokenSigner(new SigningKeys({ JWT_KEYS: JSON.parse(ENV.JWT_KEYS) }));
  const now = Math.floor(Date.now() / 1000);
  return (n) =>
    signer.sign({
      type: 'access',
      jti: randomBytes(16).toString('hex'),
      userId: n,
      familyId: n,
      issuedAt: new Date(now * 1000),
      expiresAt: new Date((now + 4 * 3600) * 1000),
    });
}

/** A session id such as the service draws, and the digest that it is found by. */
export function newSession() {
  const id = randomBytes(60)
    .toString('base64')
    .replaceAll(/[^A-Za-z0-9]/g, '')
    .slice(0, 43)
    .padEnd(43, '0');
  return { id, digest: createHash('sha256').update(id).digest() };
}

/** The hash of a password, at the service's default cost. */
export function hashPassword(password) {
  return new PasswordHasher({ PASSWORD_PEPPER: ENV.PASSWORD_PEPPER, BCRYPT_COST: 12 }).hash(password);
}

/** Every secret that the service asks for, drawn as its embedded mode draws them. */
function newSecrets() {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'bench-'));
  try {
    return ensureSecrets(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
