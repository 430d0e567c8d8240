import { Inject, Injectable } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { hmacText, purposeKey } from '../common/crypto/purpose-key.js';
import { digestOf, sameDigest } from '../common/crypto/digest.js';
import { CsrfFailed } from '../common/errors.js';
import { ENV } from '../config/config.module.js';
import type { Env } from '../config/env.js';
import { publicOrigins } from '../config/public-origin.js';
import { cookieOf, CSRF_COOKIE } from './own-cookies.js';

const CSRF_HEADER = 'x-csrftoken';

/**
 * Proof that a cookie request was sent by our own page (ASVS 3.5.1, OWASP CSRF cheat sheet): a token that is an HMAC
 * over a nonce and the session it belongs to, in a header that other sites can't set, and an `Origin` or
 * `Sec-Fetch-Site` that names us. Before there is a session the token is bound to the cookie that carries it.
 */
@Injectable()
export class Csrf {
  private readonly key: Buffer;
  private readonly origins: ReadonlySet<string>;

  constructor(@Inject(ENV) env: Env) {
    this.key = purposeKey(env.SECRET_KEY, 'csrf');
    this.origins = new Set(publicOrigins(env));
  }

  /** A token for the session with this id, or, without one, for logging in. */
  newToken(sessionId?: string): string {
    const nonce = randomBytes(16).toString('base64url');
    return `${nonce}.${this.sign(nonce, sessionId)}`;
  }

  /** Throws CsrfFailed unless the request carries this session's token and comes from our origin. */
  check(headers: IncomingHttpHeaders, sessionId: string): void {
    this.checkOrigin(headers);
    this.checkToken(headers, sessionId);
  }

  /**
   * The same for logging in: the header must repeat the `csrftoken` cookie that `csrf/` set. Whoever still holds a
   * session, alive or not, got a token of that one.
   */
  checkLogin(headers: IncomingHttpHeaders, sessionId: string | undefined): void {
    this.checkOrigin(headers);
    const { token, cookie } = this.checkToken(headers, undefined, ...(sessionId ? [sessionId] : []));
    if (cookie !== token) throw new CsrfFailed('CSRF token does not match the cookie.');
  }

  private checkToken(
    headers: IncomingHttpHeaders,
    ...sessionIds: (string | undefined)[]
  ): { token: string; cookie: string | undefined } {
    const cookie = cookieOf(headers, CSRF_COOKIE);
    if (cookie === 'ambiguous') throw new CsrfFailed('Several CSRF cookies were sent.');
    const token = headers[CSRF_HEADER];
    if (typeof token !== 'string' || token === '') throw new CsrfFailed('CSRF token missing.');
    const [nonce = ''] = token.split('.', 1);
    const expected = sessionIds.map((id) => digestOf(`${nonce}.${this.sign(nonce, id)}`));
    if (!expected.some((digest) => sameDigest(digest, digestOf(token)))) {
      throw new CsrfFailed('CSRF token incorrect.');
    }
    return { token, cookie: cookie?.value };
  }

  private checkOrigin(headers: IncomingHttpHeaders): void {
    const { origin, 'sec-fetch-site': site } = headers;
    if (origin === undefined && site === undefined) {
      throw new CsrfFailed('Neither Origin nor Sec-Fetch-Site was sent.');
    }
    if (origin !== undefined && !this.origins.has(origin)) {
      throw new CsrfFailed('Origin checking failed: the origin is not trusted.');
    }
    if (site !== undefined && site !== 'same-origin') {
      throw new CsrfFailed('Origin checking failed: the request comes from another site.');
    }
  }

  private sign(nonce: string, sessionId = 'login'): string {
    return hmacText(this.key, `${sessionId}.${nonce}`);
  }
}
