import type { CookieSerializeOptions } from '@fastify/cookie';
import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { ENV } from '../../config/config.module.js';
import type { Env } from '../../config/env.js';
import { secureCookies } from '../../config/public-origin.js';
import { Csrf } from '../csrf.js';
import { CSRF_COOKIE, SESSION_COOKIE } from '../own-cookies.js';

/**
 * The two cookies of the web app (ASVS 3.3): `sessionid`, which no script can read, and `csrftoken`, which our own page
 * must read. No `Domain`, so no neighbour gets them; no `Max-Age`: how long they count is judged here, not in the
 * browser. `__Host-` is missing from the names because the public page fixes them.
 */
@Injectable()
export class SessionCookies {
  private readonly options: CookieSerializeOptions;
  /** The `Set-Cookie` values of an error that takes both away. */
  readonly cleared: readonly string[];

  constructor(
    private readonly csrf: Csrf,
    @Inject(ENV) env: Env,
  ) {
    this.options = { path: '/', sameSite: 'lax', secure: secureCookies(env) };
    const gone = `Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; SameSite=Lax${secureCookies(env) ? '; Secure' : ''}`;
    this.cleared = [`${SESSION_COOKIE}=; HttpOnly; ${gone}`, `${CSRF_COOKIE}=; ${gone}`];
  }

  /** Gives a session that was just opened to its browser, and passes the answer on. */
  open<Answer>(reply: FastifyReply, { secret, answer }: { secret: string; answer: Answer }): Answer {
    void reply.setCookie(SESSION_COOKIE, secret, { ...this.options, httpOnly: true });
    this.giveCsrfToken(reply, secret);
    return answer;
  }

  /** Makes a CSRF token for this session, or without one for logging in, and sets its cookie. */
  giveCsrfToken(reply: FastifyReply, sessionId: string | undefined): { csrf_token: string } {
    const token = this.csrf.newToken(sessionId);
    void reply.setCookie(CSRF_COOKIE, token, this.options);
    return { csrf_token: token };
  }

  /** Takes both away from a browser whose session has `ended`. */
  async clear(reply: FastifyReply, ended: Promise<void>): Promise<void> {
    await ended;
    void reply.clearCookie(SESSION_COOKIE, { ...this.options, httpOnly: true });
    void reply.clearCookie(CSRF_COOKIE, this.options);
  }
}
