import type { LoggerService } from '@nestjs/common';
import type { FastifyBaseLogger } from 'fastify';

/** Where the framework tells of its own start; of interest only when it fails. */
const FRAMEWORK = new Set([
  'NestFactory',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestApplication',
  'TypeOrmModule',
]);

/** What keeps the service from starting is thrown as well, and told once by process/service.ts. */
const START_FAILURE = 'ExceptionHandler';

/** Nest's own messages in the server's log: one JSON object a line, so that no value can forge a second line. */
export class FastifyLogger implements LoggerService {
  constructor(private readonly logger: FastifyBaseLogger) {}

  log(message: unknown, context?: unknown): void {
    const level = FRAMEWORK.has(String(context)) ? 'debug' : 'info';
    this.logger[level](lineOf(message, context));
  }

  warn(message: unknown, context?: unknown): void {
    this.logger.warn(lineOf(message, context));
  }

  error(message: unknown, ...context: unknown[]): void {
    if (context.at(-1) === START_FAILURE) return;
    this.logger.error(lineOf(message, context.at(-1)));
  }

  fatal(message: unknown, context?: unknown): void {
    this.logger.fatal(lineOf(message, context));
  }

  debug(message: unknown, context?: unknown): void {
    this.logger.debug(lineOf(message, context));
  }

  verbose(message: unknown, context?: unknown): void {
    this.logger.trace(lineOf(message, context));
  }
}

function lineOf(message: unknown, context: unknown): Record<string, unknown> {
  const line = typeof message === 'object' && message !== null ? { ...message } : { msg: String(message) };
  return { ...line, ...(typeof context === 'string' && { context }) };
}
