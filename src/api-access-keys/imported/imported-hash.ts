import { createHash, pbkdf2 } from 'node:crypto';
import { promisify } from 'node:util';
import { sameDigest } from '../../common/crypto/digest.js';

const SHA512 = /^sha512\$\$([0-9a-f]{128})$/;
const PBKDF2 = /^pbkdf2_sha256\$([1-9]\d{0,6})\$([\w./+=-]{1,64})\$([A-Za-z0-9+/]{43}=)$/;
/** Django 6 makes 1,200,000 rounds; more than this would hold a thread for seconds. */
const MOST_ITERATIONS = 2_000_000;

/** A hash of a whole key as djangorestframework-api-key stores it: of Django's password hashers these two. */
export type ImportedHash =
  | { readonly scheme: 'sha512'; readonly hash: Buffer }
  | {
      readonly scheme: 'pbkdf2_sha256';
      readonly hash: Buffer;
      readonly salt: string;
      readonly iterations: number;
    };

/** Reads a stored hash; `undefined` when it is of a form that isn't taken. */
export function parseImportedHash(text: string): ImportedHash | undefined {
  const [, hex] = SHA512.exec(text) ?? [];
  if (hex) return { scheme: 'sha512', hash: Buffer.from(hex, 'hex') };
  const [, rounds, salt, base64] = PBKDF2.exec(text) ?? [];
  const iterations = Number(rounds);
  if (!salt || !base64 || iterations > MOST_ITERATIONS) return undefined;
  return { scheme: 'pbkdf2_sha256', hash: Buffer.from(base64, 'base64'), salt, iterations };
}

/** Whether `key` is what the hash was made of. PBKDF2 takes a thread of libuv for its time, tenths of a second. */
export async function matchesImported(key: string, imported: ImportedHash): Promise<boolean> {
  if (imported.scheme === 'sha512') {
    return sameDigest(createHash('sha512').update(key).digest(), imported.hash);
  }
  const { salt, iterations, hash } = imported;
  return sameDigest(await promisify(pbkdf2)(key, salt, iterations, hash.length, 'sha256'), hash);
}
