import { createHash, pbkdf2Sync } from 'node:crypto';
import { newKey } from '../../src/api-access-keys/key-format.js';
import { rememberSecret, secretPart } from './canary.js';

/** A key as djangorestframework-api-key issues and stores it. */
export interface DjangoKey {
  readonly prefix: string;
  /** The whole key, as its owner holds it. */
  readonly key: string;
  readonly hashed_key: string;
}

/** `Sha512ApiKeyHasher`: what version 3 writes. */
export function sha512Key(): DjangoKey {
  return made((key) => `sha512$$${createHash('sha512').update(key).digest('hex')}`);
}

/** `PBKDF2PasswordHasher`: what earlier versions wrote. */
export function pbkdf2Key(iterations = 1000, salt = 'q9rXz0Tj2mWv'): DjangoKey {
  return made((key) => {
    const hash = pbkdf2Sync(key, salt, iterations, 32, 'sha256').toString('base64');
    return `pbkdf2_sha256$${iterations}$${salt}$${hash}`;
  });
}

function made(hash: (key: string) => string): DjangoKey {
  const { prefix, text } = newKey();
  rememberSecret(secretPart(text));
  return { prefix, key: text, hashed_key: hash(text) };
}
