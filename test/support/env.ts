import { randomBytes } from 'node:crypto';
import { type Env, readEnv } from '../../src/config/env.js';
import { newSealingKeys } from '../../src/config/sealing-keys.js';

const random = (): string => randomBytes(32).toString('base64url');
/** Of the right form and no key: who signs brings one, for it takes long to make. */
const NO_KEY = { kty: 'RSA', kid: 'none', n: 'A'.repeat(342), d: 'A' };

/** A configuration for specs that need no database, with secrets of its own unless the overrides say otherwise. */
export function testEnv(overrides: Record<string, string> = {}): Env {
  return readEnv({
    NODE_ENV: 'test',
    DATABASE_URL: 'postgres://nobody@127.0.0.1:1/nowhere',
    SECRET_KEY: random(),
    PASSWORD_PEPPER: random(),
    JWT_KEYS: JSON.stringify({ keys: [NO_KEY] }),
    SEALING_KEYS: JSON.stringify(newSealingKeys()),
    ...overrides,
  });
}
