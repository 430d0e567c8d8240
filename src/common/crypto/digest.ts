import { hash, timingSafeEqual } from 'node:crypto';

/**
 * SHA-256 of a random secret of at least 128 bits: the only form in which we keep it. A fast hash is right for such
 * secrets (ASVS 11.5.1): there is nothing to guess. Passwords are not such secrets: users/password-hasher.ts.
 */
export function digestOf(secret: string): Buffer {
  return hash('sha256', secret, 'buffer');
}

/** Compares two digests in constant time; digests of different length are different, not an error (ASVS 11.2.4). */
export function sameDigest(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
