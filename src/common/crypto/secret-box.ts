import { CompactEncrypt } from 'jose';
import { createDecipheriv, createSecretKey, type KeyObject } from 'node:crypto';

/** Where a sealed value belongs, authenticated with it: it opens there and nowhere else, whoever moved it. */
export type EncryptionContext = Readonly<Record<'table' | 'field', string>> &
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

/** Compact JWE of `dir`: header, no wrapped key, a nonce of 96 bits, what was sealed, a tag of 128 bits. */
const COMPACT = /^([\w-]+)\.\.([\w-]{16})\.([\w-]*)\.([\w-]{22})$/;

/**
 * Seals secrets that must be had in clear again: compact JWE (RFC 7516), AES-256-GCM with a random 96-bit nonce each.
 * The context stands in the protected header, which is authenticated but readable. Any key of the ring opens, the writer
 * seals. Rotate long before 2^32 values under one key (NIST SP 800-38D §8.3). Opened by Node itself: it is done for each call
 * to a provider, and through Web Crypto, as jose does it, took a fifth of the call.
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
  async seal(secret: string, context: EncryptionContext, kid = this.writer): Promise<Sealed> {
    const text = await new CompactEncrypt(Buffer.from(secret))
      .setProtectedHeader({ alg: ALG, enc: ENC, kid, ...context })
      .encrypt(this.key(kid));
    return { kid, text };
  }

  /** Opens a value in its context. Errors: UnknownSealingKey, TamperedSeal. */
  open({ kid, text }: Sealed, context: EncryptionContext): string {
    const key = this.key(kid);
    const [, head, nonce, sealed, tag] = COMPACT.exec(text) ?? [];
    if (head === undefined || nonce === undefined || sealed === undefined || tag === undefined) {
      throw new TamperedSeal();
    }
    try {
      const decipher = createDecipheriv('aes-256-gcm', key, bytesOf(nonce), { authTagLength: 16 })
        .setAAD(Buffer.from(head))
        .setAuthTag(bytesOf(tag));
      const opened = Buffer.concat([decipher.update(bytesOf(sealed)), decipher.final()]);
      // The tag proves that the header is what was sealed; that it is the one of this context, nobody but us can tell.
      if (!isHeader(head, { alg: ALG, enc: ENC, kid, ...context })) throw new TamperedSeal();
      return opened.toString('utf8');
    } catch {
      throw new TamperedSeal();
    }
  }

  private key(kid: string): KeyObject {
    const key = this.keys.get(kid);
    if (!key) throw new UnknownSealingKey(kid);
    return key;
  }
}

function bytesOf(part: string): Buffer {
  return Buffer.from(part, 'base64url');
}

/** Whether a protected header holds this and nothing else. */
function isHeader(part: string, expected: Readonly<Record<string, unknown>>): boolean {
  const header = JSON.parse(bytesOf(part).toString('utf8')) as Record<string, unknown>;
  return Object.keys({ ...header, ...expected }).every((name) => header[name] === expected[name]);
}
