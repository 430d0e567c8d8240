import { type FastifyReply, type FastifyRequest, LogController } from 'fastify';
import { credentialName } from '../access/principal.js';
import type { JudgedRequest } from '../access/decorators.js';
import { addressOf } from '../common/addresses.js';
import { refusalCodeOf } from '../http/error.filter.js';

/** Levels that show no answer which needs no attention: its line isn't even made. The level may change (process/log-level.ts). */
const QUIET = new Set(['warn', 'error', 'fatal', 'silent']);

/**
 * One line per answered request, made of an allow-list (OWASP logging cheat sheet): no header, no query, no body, and of
 * the path only the route's pattern, so that nothing a caller sends by mistake can end up in a log.
 */
export class RequestLog extends LogController {
  /** The answer's line says it all, if it gets to its end: when the connection is closed before, Fastify tells of few. */
  override incomingRequest(request: FastifyRequest, reply: FastifyReply): void {
    const { raw } = reply;
    raw.once('close', () => {
      if (raw.writableFinished) return;
      const status = raw.headersSent ? reply.statusCode : null;
      request.log.info({ ...lineOf(request, reply), status }, 'answer cut short');
    });
  }

  override requestCompleted(
    error: Error | null | undefined,
    request: FastifyRequest,
    reply: FastifyReply,
  ): void {
    const failed = reply.statusCode >= 500;
    if (!failed && QUIET.has(request.log.level)) return;
    const line = { ...lineOf(request, reply), ...(error && { error: error.name }) };
    if (failed) request.log.error(line, 'request');
    else request.log.info(line, 'request');
  }

  override defaultErrorLog(): void {
    // http/error.filter.ts logs what is ours to mend; refusals are in the answer's line.
  }

  override streamError(): void {
    // The connection is closed, which tells.
  }

  override routeNotFound(): void {
    // As any other answer.
  }
}

function lineOf(request: FastifyRequest, reply: FastifyReply): Record<string, unknown> {
  const { principal } = request as JudgedRequest;
  return {
    request_id: request.id,
    method: request.method,
    route: request.routePath ?? null,
    status: reply.statusCode,
    ms: Math.round(reply.elapsedTime),
    ip: addressOf(request.ip),
    code: refusalCodeOf(reply),
    ...(principal && { user_id: principal.userId, credential: credentialName(principal.credential) }),
  };
}
