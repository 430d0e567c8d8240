import { createHash, createHmac, hkdfSync } from 'node:crypto';
import { digestOf, sameDigest } from '../../src/common/crypto/digest.js';
import { hmacText, purposeKey } from '../../src/common/crypto/purpose-key.js';
import { randomText } from '../../src/common/crypto/random-text.js';

it('a digest is the SHA-256 of the whole text, as other systems compute it (A2)', () => {
  for (const text of ['', 'abcdefgh.secret', 'ä✓']) {
    expect(digestOf(text)).toEqual(createHash('sha256').update(text, 'utf8').digest());
  }
});

it('only equal digests are the same; of different length they are different, and no error (A3)', () => {
  const digest = digestOf('secret');
  expect(sameDigest(digest, digestOf('secret'))).toBe(true);
  for (let bit = 0; bit < 256; bit += 1) {
    const flipped = Buffer.from(digest);
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    expect(sameDigest(digest, flipped)).toBe(false);
  }
  for (const length of [0, 1, 31]) expect(sameDigest(digest, digest.subarray(0, length))).toBe(false);
  expect(sameDigest(Buffer.concat([digest, digest]), digest)).toBe(false);
  expect(sameDigest(Buffer.alloc(0), Buffer.alloc(0))).toBe(true);
});

it('a purpose has a key of its own, of 32 bytes, as RFC 5869 derives it', () => {
  const key = purposeKey('the secret', 'csrf');
  expect(key).toEqual(Buffer.from(hkdfSync('sha256', 'the secret', '', 'cryptocomply/csrf', 32)));
  expect(key).toHaveLength(32);
  expect(purposeKey('the secret', 'refresh')).not.toEqual(key);
  expect(purposeKey('another secret', 'csrf')).not.toEqual(key);
});

it('an HMAC is SHA-256 over the whole text, in base64url', () => {
  const key = purposeKey('the secret', 'csrf');
  expect(hmacText(key, 'a text')).toBe(createHmac('sha256', key).update('a text').digest('base64url'));
  expect(hmacText(key, 'a text')).toMatch(/^[\w-]{43}$/);
});

it('a random text is as long as was asked for, of letters and digits, all of them (A1)', () => {
  for (const length of [0, 1, 8, 43, 1_000])
    expect(randomText(length)).toMatch(new RegExp(`^[A-Za-z0-9]{${length}}$`));
  expect(new Set(randomText(10_000)).size).toBe(62);
});
