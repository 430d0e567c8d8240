import { type ArgumentsHost, Catch, type ExceptionFilter, Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { JudgedRequest } from '../access/decorators.js';
import type { Asker } from '../common/field-rules.js';
import { ErrorListener } from './error-listener.js';
import { askerOf, Lookups } from './lookups.js';
import { isUnreachable, violatedConstraint } from '../common/database-errors.js';
import {
  ApiError,
  InvalidInput,
  MalformedInput,
  NotFound,
  ParseError,
  PayloadTooLarge,
  ServerError,
  ServiceUnavailable,
  UnsupportedMediaType,
} from '../common/errors.js';

const logger = new Logger('Errors');

/** The one place where an error becomes an answer. What isn't in the catalogue is a 500 that tells nothing. */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  constructor(
    private readonly listener: ErrorListener,
    private readonly lookups: Lookups,
  ) {}

  /** Answers at once, but where the rest of what is wrong with an input must be looked up. */
  catch(thrown: unknown, host: ArgumentsHost): void | Promise<void> {
    const http = host.switchToHttp();
    const request = http.getRequest<JudgedRequest>();
    const reply = http.getResponse<FastifyReply>();
    const { principal, params } = request;
    if (!(thrown instanceof MalformedInput) || !principal) return this.answer(thrown, request, reply);
    return this.lookups
      .problems(thrown.input, thrown.fields, askerOf(principal, params as Asker['params']))
      .then((others) => thrown.with(new InvalidInput(others)))
      .catch((error: unknown) => error)
      .then((error) => this.answer(error, request, reply));
  }

  private answer(thrown: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const error = caughtError(thrown, request);
    if (!reply.sent) answerError(error, reply);
    this.listener.onAnswered(thrown, request);
  }
}

/** The nearest entry of the catalogue; of what is our fault, the log is told why. */
export function caughtError(thrown: unknown, request: FastifyRequest): ApiError {
  const error = asApiError(thrown, request);
  if (error.status >= 500) {
    logger.error({ msg: error.message, request_id: request.id, cause: describe(error.cause) });
  }
  return error;
}

const codes = new WeakMap<FastifyReply, string>();

/** The code of the error that a reply was made of; `undefined`: of none of ours. */
export function refusalCodeOf(reply: FastifyReply): string | undefined {
  return codes.get(reply);
}

/** Sends an error as the contract shapes it, whatever type the answer would have had. */
function answerError(error: ApiError, reply: FastifyReply): void {
  codes.set(reply, error.code);
  void reply
    .code(error.status)
    .headers(error.headers)
    .header('content-type', 'application/json')
    .send(error.json());
}

/** The nearest entry of the catalogue. */
function asApiError(thrown: unknown, request?: FastifyRequest): ApiError {
  if (thrown instanceof ApiError) return thrown;
  if (request && brokeOff(request)) return new ParseError('The request could not be read.');
  if (isUnreachable(thrown)) return new ServiceUnavailable(thrown);
  const constraint = violatedConstraint(thrown);
  if (constraint) return InvalidInput.nonField(constraint);
  return ofFramework(thrown, request) ?? new ServerError(thrown);
}

/** The client left before its body had come whole. Its connection fails with the codes of a database's, and is no outage. */
function brokeOff({ raw }: FastifyRequest): boolean {
  return raw.destroyed && !raw.complete;
}

/** Refusals of the framework's own parsers and router, told by their status; everything else of it is unexpected. */
function ofFramework(thrown: unknown, request?: FastifyRequest): ApiError | undefined {
  const { statusCode, status = statusCode } = (thrown ?? {}) as { statusCode?: unknown; status?: unknown };
  // 414: a part of the path that is longer than any id or name. 403: a file out of the folder that is served.
  if (
    status === 404 ||
    status === 414 ||
    status === 403 ||
    (thrown as { code?: unknown }).code === 'FST_ERR_BAD_URL'
  )
    return new NotFound();
  if (status === 413) return new PayloadTooLarge();
  if (status === 415) return new UnsupportedMediaType(String(request?.headers['content-type'] ?? ''));
  if (status === 400) return new ParseError('The request could not be read.');
  return undefined;
}

/** What the log may hold of a cause: its kind, its code, its stack; never the values that a statement carried. */
function describe(cause: unknown): unknown {
  if (!(cause instanceof Error)) return typeof cause;
  const { code } = cause as { code?: unknown };
  return { name: cause.name, code, message: cause.message, stack: cause.stack };
}
