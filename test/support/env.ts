import { randomBytes } from 'node:crypto';
import { type Env, readEnv } from '../../src/config/env.js';
import { newSealingKeys } from '../../src/config/sealing-keys.js';
import { newSigningKey } from '../../src/config/secrets.js';

const random = (): string => randomBytes(32).toString('base64url');
/** The run's own (test-server.ts), for one takes long to make; who runs without it makes one. */
export const SIGNING_KEYS = process.env['TEST_JWT_KEYS'] ?? JSON.stringify({ keys: [newSigningKey()] });

/** A configuration for specs that need no database, with secrets of its own unless the overrides say otherwise. */
export function testEnv(overrides: Record<string, string> = {}): Env {
  return readEnv({
    NODE_ENV: 'test',
    DATABASE_URL: 'postgres://nobody@127.0.0.1:1/nowhere',
    SECRET_KEY: random(),
    PASSWORD_PEPPER: random(),
    JWT_KEYS: SIGNING_KEYS,
    SEALING_KEYS: JSON.stringify(newSealingKeys()),
    ...overrides,
  });
}
