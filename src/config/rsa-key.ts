import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';

/**
 * A new private RSA key of 2048 bits. It is read from its text: a key that `generateKeyPairSync` gave as an object shares a
 * lock with what made it, and Node 20 waits for itself for ever where the collector takes that while the key is written as
 * a JWK.
 */
export function newRsaKey(): KeyObject {
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  return createPrivateKey(privateKey);
}
