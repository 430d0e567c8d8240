import { Inject, Injectable } from '@nestjs/common';
import { createPrivateKey, createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { ENV } from '../config/config.module.js';
import type { Env } from '../config/env.js';

/** The one algorithm that is signed and accepted here (RFC 8725 §3.1). */
export const JWT_ALGORITHM = 'RS256';
export const JWT_ISSUER = 'cryptocomply';
export const JWT_AUDIENCE = 'cryptocomply-api';

/** The keys that sign our tokens: the first of JWT_KEYS signs, all of them verify, so that keys can be rolled. */
@Injectable()
export class SigningKeys {
  readonly signer: { readonly kid: string; readonly privateKey: KeyObject };
  /** The JWK Set that others verify with: public halves alone, as `/.well-known/jwks.json` serves it. */
  readonly jwks: { readonly keys: readonly Record<string, unknown>[] };
  private readonly verifiers: ReadonlyMap<string, string>;

  constructor(@Inject(ENV) env: Env) {
    const keys = env.JWT_KEYS.keys.map((jwk) => {
      const privateKey = createPrivateKey({ key: jwk as JsonWebKey, format: 'jwk' });
      return { kid: jwk.kid, privateKey, publicKey: createPublicKey(privateKey) };
    });
    const [first] = keys;
    if (!first) throw new Error('JWT_KEYS holds no key.');
    this.signer = first;
    this.verifiers = new Map(
      keys.map(({ kid, publicKey }) => [kid, publicKey.export({ type: 'spki', format: 'pem' }).toString()]),
    );
    this.jwks = {
      keys: keys.map(({ kid, publicKey }) => ({
        ...publicKey.export({ format: 'jwk' }),
        kid,
        use: 'sig',
        alg: JWT_ALGORITHM,
      })),
    };
  }

  /**
   * The public key, as PEM, that a token names by its `kid`, or `undefined`. Nothing else in its header is looked at: not `jwk`,
   * `jku` or `x5u`, and `crit` is refused (RFC 8725 §3.10, RFC 7515 §4.1.11).
   */
  verifierFor(token: string): string | undefined {
    const header = headerOf(token);
    return typeof header?.kid === 'string' && !('crit' in header)
      ? this.verifiers.get(header.kid)
      : undefined;
  }
}

function headerOf(token: string): Record<string, unknown> | undefined {
  try {
    const header: unknown = JSON.parse(Buffer.from(token.split('.', 1)[0] ?? '', 'base64url').toString());
    return typeof header === 'object' && header !== null ? (header as Record<string, unknown>) : undefined;
  } catch {
    return undefined; // not a token: it names no key
  }
}
