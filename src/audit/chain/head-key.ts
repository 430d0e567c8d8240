import { Inject, Injectable } from '@nestjs/common';
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  type JsonWebKey,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import { purposeKey } from '../../common/crypto/purpose-key.js';
import { ENV } from '../../config/config.module.js';
import type { Env } from '../../config/env.js';

/** What stands before an Ed25519 seed in a PKCS #8 private key (RFC 8410 §7). */
const PKCS8_ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** A public key that verifies heads, as a JWK (RFC 8037). */
export interface HeadPublicKey {
  readonly kty: 'OKP';
  readonly crv: 'Ed25519';
  readonly x: string;
  readonly kid: string;
}

/**
 * The key that signs the heads of the audit chains: Ed25519, derived from SECRET_KEY for this purpose alone, so that the
 * database never holds it and no key that signs tokens doubles as it. Named by its RFC 7638 thumbprint.
 */
@Injectable()
export class HeadKey {
  readonly publicKey: HeadPublicKey;
  /** This one and those of earlier SECRET_KEYs, newest first: whatever they signed, we signed. */
  readonly publicKeys: readonly HeadPublicKey[];
  private readonly privateKey: KeyObject;

  constructor(@Inject(ENV) env: Env) {
    const seed = purposeKey(env.SECRET_KEY, 'audit-head');
    this.privateKey = createPrivateKey({
      key: Buffer.concat([PKCS8_ED25519, seed]),
      format: 'der',
      type: 'pkcs8',
    });
    const { x = '' } = createPublicKey(this.privateKey).export({ format: 'jwk' });
    const thumbprint = createHash('sha256').update(`{"crv":"Ed25519","kty":"OKP","x":"${x}"}`);
    this.publicKey = { kty: 'OKP', crv: 'Ed25519', x, kid: thumbprint.digest('base64url') };
    this.publicKeys = [
      this.publicKey,
      ...env.AUDIT_PUBLIC_KEYS.filter(({ kid }) => kid !== this.publicKey.kid),
    ];
  }

  sign(text: string): Buffer {
    return sign(null, Buffer.from(text), this.privateKey);
  }

  /**
   * Judges signatures by `kid`, with our own keys and `others` (as an export kept them). Gives `undefined` for a `kid` that none of them has.
   */
  verifier(
    others: readonly HeadPublicKey[] = [],
  ): (kid: string, text: string, signature: Buffer) => boolean | undefined {
    const keys = new Map(
      [...others, ...this.publicKeys].map((jwk) => [
        jwk.kid,
        createPublicKey({ key: jwk as unknown as JsonWebKey, format: 'jwk' }),
      ]),
    );
    return (kid, text, signature) => {
      const key = keys.get(kid);
      return key && verify(null, Buffer.from(text), key, signature);
    };
  }
}
