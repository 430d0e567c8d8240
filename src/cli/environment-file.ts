import { closeSync, fsyncSync, openSync, rmSync, writeSync } from 'node:fs';
import type { Secrets } from '../config/secrets.js';

/**
 * Every reader of such files takes these as they are: a shell, Docker, systemd, Kubernetes, Node. What JSON there is, is
 * written as base64url of it.
 */
const VALUE = /^[\w.:/+=-]+$/;

/** The text of an environment file: what is to be set besides, and the secrets. */
export function environmentText(secrets: Secrets & { METRICS_TOKEN: string }): string {
  const values = {
    ...secrets,
    JWT_KEYS: Buffer.from(secrets.JWT_KEYS).toString('base64url'),
    SEALING_KEYS: Buffer.from(secrets.SEALING_KEYS).toString('base64url'),
  };
  const lines = Object.entries(values).map(([name, value]) => {
    if (!VALUE.test(value)) throw new Error(`The value of ${name} would need quotes.`);
    return `${name}=${value}`;
  });
  return [
    '# Settings of CryptoComply authentication and API keys; what each means: docs/operations.md.',
    '# To be filled in, and freed of the number sign:',
    '# NODE_ENV=production',
    '# PUBLIC_ORIGIN=https://auth.example.com',
    '# DATABASE_URL=postgres://cryptocomply_service@db.example.com/cryptocomply',
    '# TRUSTED_PROXIES=10.0.0.0/8',
    '',
    '# Secrets. Whoever has them can sign tokens and open provider keys.',
    ...lines,
    '',
  ].join('\n');
}

/**
 * Writes a file that was not there, for its owner alone; what can't be written whole is not left behind. Errors: the file
 * system's (EEXIST: there is one already, or a link of that name).
 */
export function writeNewFile(file: string, text: string): void {
  const descriptor = openSync(file, 'wx', 0o600);
  try {
    writeSync(descriptor, text);
    fsyncSync(descriptor);
  } catch (error) {
    rmSync(file, { force: true });
    throw error;
  } finally {
    closeSync(descriptor);
  }
}
