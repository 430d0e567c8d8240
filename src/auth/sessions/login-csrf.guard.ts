import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Csrf } from '../csrf.js';
import { sessionIdOf } from '../presented-credential.js';

/** Logging in must come from our own page too, or another site could log its visitor in as somebody else (C7). */
@Injectable()
export class LoginCsrfGuard implements CanActivate {
  constructor(private readonly csrf: Csrf) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    this.csrf.checkLogin(request, sessionIdOf(request));
    return true;
  }
}
