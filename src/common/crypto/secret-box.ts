import { compactDecrypt, CompactEncrypt, errors } from 'jose';
import { createSecretKey, type KeyObject } from 'node:crypto';

/** Where a sealed value belongs: it opens there and nowhere else, whoever moved it. */
export type Place = Readonly<Record<'table' | 'field', string>> &
  Readonly<Record<'org' | 'row', number>> & { readonly kind?: string };

/** A sealed value and the name of the key that seals it. */
export interface Sealed {
  readonly kid: string;
  readonly text: string;
}

/** The key ring lacks the key: the value may be fine, the configuration isn't. */
export class UnknownSealingKey extends Error {
  constructor(readonly kid: string) {
    super(`SEALING_KEYS lacks the key "${kid}".`);
    this.name = 'UnknownSealingKey';
  }
}

/** Not what was sealed here: altered, cut, or taken from another place. Its text tells nothing of the value. */
export class TamperedSeal extends Error {
  constructor() {
    super('A sealed value was altered or belongs to another place.');
    this.name = 'TamperedSeal';
  }
}

const ALG = 'dir';
const ENC = 'A256GCM';

/**
 * Seals secrets that must be had in clear again: compact JWE (RFC 7516), AES-256-GCM with a random 96-bit nonce each.
 * The place stands in the protected header, which is authenticated but readable. Any key of the ring opens, the writer
 * seals. Rotate long before 2^32 values under one key (NIST SP 800-38D §8.3).
 */
export class SecretBox {
  readonly writer: string;
  private readonly keys: ReadonlyMap<string, KeyObject>;

  constructor({ writer, keys }: { writer: string; keys: Readonly<Record<string, string>> }) {
    this.writer = writer;
    this.keys = new Map(
      Object.entries(keys).map(([kid, key]) => [kid, createSecretKey(Buffer.from(key, 'base64'))]),
    );
  }

  /** The names of all keys. */
  get kids(): string[] {
    return [...this.keys.keys()];
  }

  /** Seals under the writer, or under another key of the ring. */
  async seal(secret: string, place: Place, kid = this.writer): Promise<Sealed> {
    const text = await new CompactEncrypt(Buffer.from(secret))
      .setProtectedHeader({ alg: ALG, enc: ENC, kid, ...place })
      .encrypt(this.key(kid));
    return { kid, text };
  }

  /** Opens a value at its place. Errors: UnknownSealingKey, TamperedSeal. */
  async open({ kid, text }: Sealed, place: Place): Promise<string> {
    const key = this.key(kid);
    try {
      const { plaintext, protectedHeader } = await compactDecrypt(text, key, {
        keyManagementAlgorithms: [ALG],
        contentEncryptionAlgorithms: [ENC],
      });
      const expected = { kid, kind: undefined, ...place };
      const header: Record<string, unknown> = { ...protectedHeader };
      // jose proves that the header is what was sealed; that it is the one of this place, nobody but us can tell
      if (Object.entries(expected).some(([name, value]) => header[name] !== value)) throw new TamperedSeal();
      return Buffer.from(plaintext).toString('utf8');
    } catch (error) {
      throw error instanceof errors.JOSEError || error instanceof TypeError ? new TamperedSeal() : error;
    }
  }

  private key(kid: string): KeyObject {
    const key = this.keys.get(kid);
    if (!key) throw new UnknownSealingKey(kid);
    return key;
  }
}
