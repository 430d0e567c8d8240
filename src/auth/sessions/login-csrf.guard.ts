import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Csrf } from '../csrf.js';
import { AmbiguousSession } from '../../common/errors.js';
import { cookieOf, SESSION_COOKIE } from '../own-cookies.js';
import { SessionCookies } from './session-cookies.js';

/** Logging in must come from our own page too, or another site could log its visitor in as somebody else (C7). */
@Injectable()
export class LoginCsrfGuard implements CanActivate {
  constructor(
    private readonly csrf: Csrf,
    private readonly cookies: SessionCookies,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    const { headers } = context.switchToHttp().getRequest<FastifyRequest>();
    const session = cookieOf(headers, SESSION_COOKIE);
    if (session === 'ambiguous') throw new AmbiguousSession(this.cookies.cleared);
    this.csrf.checkLogin(headers, session?.ours ? session.value : undefined);
    return true;
  }
}
