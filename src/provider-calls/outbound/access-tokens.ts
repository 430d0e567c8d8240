import { createHash } from 'node:crypto';
import type { OpenedSecret } from '../../provider-keys/opened-secret.js';
import type { RefusedAnswer } from './provider-call.js';

export interface IssuedToken {
  readonly token: string;
  readonly expiresInSeconds: number;
}

interface Kept {
  readonly token: string;
  readonly renewAtMs: number;
}

/** A token is renewed this long before it ends, or in the last tenth of its life if that is shorter. */
const MARGIN_MS = 60_000;
const MOST_KEPT = 1_000;

/**
 * The access tokens of providers that want OAuth, in memory only. Kept by key id and a digest of the secret, so that a
 * changed secret never meets the token of the old one. Callers who need the same token at once share one request.
 */
export class AccessTokens {
  readonly #kept = new Map<string, Kept>();
  readonly #underWay = new Map<string, Promise<IssuedToken | RefusedAnswer>>();

  constructor(private readonly nowMs: () => number) {}

  static nameOf(keyId: string, secret: OpenedSecret): string {
    return `${keyId}:${createHash('sha256').update(secret.reveal()).digest('base64url')}`;
  }

  /** The token, from memory or through `fetch`; a refusal of the provider is passed on and not kept. */
  async get(
    name: string,
    fetch: () => Promise<IssuedToken | RefusedAnswer>,
  ): Promise<{ readonly token: string } | RefusedAnswer> {
    const kept = this.#kept.get(name);
    if (kept && kept.renewAtMs > this.nowMs()) return { token: kept.token };
    let underWay = this.#underWay.get(name);
    if (!underWay) {
      underWay = this.#fetch(name, fetch).finally(() => this.#underWay.delete(name));
      this.#underWay.set(name, underWay);
    }
    return underWay;
  }

  /** Forgets a token that the provider refused, unless a newer one has taken its place. */
  drop(name: string, token: string): void {
    if (this.#kept.get(name)?.token === token) this.#kept.delete(name);
  }

  async #fetch(
    name: string,
    fetch: () => Promise<IssuedToken | RefusedAnswer>,
  ): Promise<IssuedToken | RefusedAnswer> {
    const issued = await fetch();
    if ('token' in issued) this.#keep(name, issued);
    return issued;
  }

  #keep(name: string, { token, expiresInSeconds }: IssuedToken): void {
    const lifeMs = expiresInSeconds * 1000;
    this.#kept.delete(name);
    this.#kept.set(name, { token, renewAtMs: this.nowMs() + lifeMs - Math.min(MARGIN_MS, lifeMs / 10) });
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MOST_KEPT && oldest !== undefined) this.#kept.delete(oldest);
  }
}
