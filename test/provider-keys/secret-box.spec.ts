import { compactDecrypt, CompactEncrypt } from 'jose';
import { createCipheriv, createSecretKey } from 'node:crypto';
import {
  type EncryptionContext,
  SecretBox,
  type Sealed,
  TamperedSeal,
  UnknownSealingKey,
} from '../../src/common/crypto/secret-box.js';
import { newSealingKey } from '../../src/config/sealing-keys.js';

const context: EncryptionContext = {
  table: 'provider_keys',
  field: 'sealed_secret',
  org: 1,
  row: 7,
  kind: 'H',
};
const [one, two] = [newSealingKey(), newSealingKey()];
const ring = (writer: typeof one, ...others: (typeof one)[]): SecretBox =>
  new SecretBox({
    writer: writer.kid,
    keys: Object.fromEntries([writer, ...others].map(({ kid, key }) => [kid, key])),
  });
const box = ring(one);

/** What is thrown when a value that should not open is opened. */
function thrown(sealed: Sealed, by = box): unknown {
  try {
    return `opened: ${by.open(sealed, context)}`;
  } catch (error) {
    return error;
  }
}

function outcome(sealed: Sealed, at = context, by = box): string {
  try {
    by.open(sealed, at);
    return 'opened';
  } catch (error) {
    return (error as Error).name;
  }
}

it('what was sealed opens at its place, under any key of the ring', async () => {
  const sealed = await box.seal('the secret ✓', context);
  expect(box.open(sealed, context)).toBe('the secret ✓');
  expect(ring(two, one).open(sealed, context)).toBe('the secret ✓');
  expect((await ring(two, one).seal('x', context)).kid).toBe(two.kid);
});

it.each<[string, Partial<EncryptionContext>]>([
  ['organization', { org: 2 }],
  ['row', { row: 8 }],
  ['table', { table: 'other' }],
  ['field', { field: 'other' }],
  ['key type', { kind: 'A' }],
])('moved to another %s it does not open (I2)', async (_what, moved) => {
  const sealed = await box.seal('secret', context);
  expect(outcome(sealed, { ...context, ...moved })).toBe('TamperedSeal');
});

it('every single flipped bit is noticed, in every part (I3)', async () => {
  const sealed = await box.seal('secret', context);
  const parts = sealed.text.split('.');
  let tried = 0;
  for (const [index, part] of parts.entries()) {
    const bytes = Buffer.from(part, 'base64url');
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const flipped = Buffer.from(bytes);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const text = parts.with(index, flipped.toString('base64url')).join('.');
      expect(outcome({ ...sealed, text })).toBe('TamperedSeal');
      tried += 1;
    }
  }
  expect(tried).toBeGreaterThan(1_000);
});

it('every truncation is noticed, of the tag too (I3)', async () => {
  const sealed = await box.seal('secret', context);
  for (let length = 0; length < sealed.text.length; length += 1) {
    expect(outcome({ ...sealed, text: sealed.text.slice(0, length) })).toBe('TamperedSeal');
  }
  const parts = sealed.text.split('.');
  for (const bytes of [0, 4, 8, 12, 15]) {
    const tag = Buffer.from(parts[4] ?? '', 'base64url')
      .subarray(0, bytes)
      .toString('base64url');
    expect(outcome({ ...sealed, text: parts.with(4, tag).join('.') })).toBe('TamperedSeal');
  }
});

it('a missing key is named as missing, never as tampering; another key of its name is not it (I5)', async () => {
  const sealed = await box.seal('secret', context);
  const error = thrown(sealed, ring(two));
  expect(error).toBeInstanceOf(UnknownSealingKey);
  expect(error).toMatchObject({ kid: one.kid, name: 'UnknownSealingKey' });
  expect((error as Error).message).toBe(`SEALING_KEYS lacks the key "${one.kid}".`);
  expect(ring(two, one).kids).toEqual([two.kid, one.kid]);
  const impostor = new SecretBox({ writer: one.kid, keys: { [one.kid]: two.key } });
  expect(outcome(sealed, context, impostor)).toBe('TamperedSeal');
  expect(outcome({ ...sealed, kid: two.kid }, context, ring(one, two))).toBe('TamperedSeal');
});

it('is in a form that others open, and opens what others seal so (RFC 7516)', async () => {
  const key = createSecretKey(Buffer.from(one.key, 'base64'));
  const { text } = await box.seal('the secret ✓', context);
  const { plaintext, protectedHeader } = await compactDecrypt(text, key);
  expect(Buffer.from(plaintext).toString()).toBe('the secret ✓');
  expect(protectedHeader).toEqual({ alg: 'dir', enc: 'A256GCM', kid: one.kid, ...context });
  const theirs = await new CompactEncrypt(Buffer.from(''))
    .setProtectedHeader({ ...context, kid: one.kid, enc: 'A256GCM', alg: 'dir' })
    .encrypt(key);
  expect(box.open({ kid: one.kid, text: theirs }, context)).toBe('');
});

it.each([
  ['what others may understand and we do not', { crit: ['exp'], exp: 0 }],
  ['anything besides', { zip: 'DEF' }],
])('a header with %s opens nothing, though it is authentic', (_what, more) => {
  const head = Buffer.from(JSON.stringify({ alg: 'dir', enc: 'A256GCM', kid: one.kid, ...context, ...more }));
  const cipher = createCipheriv('aes-256-gcm', Buffer.from(one.key, 'base64'), Buffer.alloc(12));
  cipher.setAAD(Buffer.from(head.toString('base64url')));
  const sealed = Buffer.concat([cipher.update('secret'), cipher.final()]);
  const parts = [head, Buffer.alloc(0), Buffer.alloc(12), sealed, cipher.getAuthTag()];
  const text = parts.map((part) => part.toString('base64url')).join('.');
  expect(outcome({ kid: one.kid, text })).toBe('TamperedSeal');
});

it('no other algorithm is taken, even under our own key', async () => {
  const key = createSecretKey(Buffer.from(one.key, 'base64'));
  const text = await new CompactEncrypt(Buffer.from('secret'))
    .setProtectedHeader({ alg: 'A256GCMKW', enc: 'A256GCM', kid: one.kid, ...context })
    .encrypt(key);
  expect(outcome({ kid: one.kid, text })).toBe('TamperedSeal');
});

it('a nonce never comes twice, and no error tells what was sealed (I1)', async () => {
  const sealed = await Promise.all(Array.from({ length: 5_000 }, () => box.seal('the-secret', context)));
  expect(new Set(sealed.map(({ text }) => text.split('.')[2])).size).toBe(5_000);
  const error = thrown({ kid: one.kid, text: 'the-secret' });
  expect(error).toBeInstanceOf(TamperedSeal);
  expect((error as Error).message).toBe('A sealed value was altered or belongs to another place.');
  expect(String((error as Error).stack)).not.toContain('the-secret');
});
