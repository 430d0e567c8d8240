import { createHash, hkdfSync, randomBytes } from 'node:crypto';
import { z } from 'zod';

const BYTES = 32;

const sealingKey = z.string().refine((text) => {
  const bytes = Buffer.from(text, 'base64');
  return bytes.length === BYTES && new Set(bytes).size >= 10;
}, `must be ${BYTES} random bytes as base64`);

/** The key ring: what provider keys are sealed with. All keys open, the writer seals (docs/adr/0020). */
export const sealingKeys = z
  .object({ writer: z.string(), keys: z.record(z.string().regex(/^[\w-]{1,64}$/), sealingKey) })
  .refine(({ writer, keys }) => Object.hasOwn(keys, writer), 'names a writer that is not among its keys')
  .refine(
    ({ keys }) => new Set(Object.values(keys)).size === Object.keys(keys).length,
    'has one key under two names',
  );

/** Key id → 32 bytes as base64, and which of them new values are sealed with. */
export type SealingKeys = z.infer<typeof sealingKeys>;

/** A ring of one random key. */
export function newSealingKeys(): SealingKeys {
  const { kid, key } = newSealingKey();
  return { writer: kid, keys: { [kid]: key } };
}

/** A random key and its name. The letter keeps the name from being a number, which JavaScript would put first. */
export function newSealingKey(): { kid: string; key: string } {
  return { kid: `k${randomBytes(6).toString('hex')}`, key: randomBytes(BYTES).toString('base64') };
}

/**
 * The ring of a data folder that is older than key rings. It follows from the secret that is there already, so that two
 * processes that find none at the same moment make the same one.
 */
export function derivedSealingKeys(secretKey: string): SealingKeys {
  const key = Buffer.from(hkdfSync('sha256', secretKey, '', 'cryptocomply/sealing-keys', BYTES));
  const kid = `k${createHash('sha256').update(key).digest('hex').slice(0, 12)}`;
  return { writer: kid, keys: { [kid]: key.toString('base64') } };
}
