import {
  applyDecorators,
  type CallHandler,
  type ExecutionContext,
  Inject,
  type NestInterceptor,
  SetMetadata,
  UseInterceptors,
} from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import { catchError, type Observable, of } from 'rxjs';
import { AnsweredBefore, type Claim, type KeptAnswer } from '../access/claim.js';
import type { JudgedRequest } from '../access/decorators.js';
import { REFUSALS, Refuses } from '../common/error-schemas.js';
import { InvalidInput } from '../common/errors.js';
import { textsOf } from '../common/form-values.js';
import { hmacText, purposeKey } from '../common/crypto/purpose-key.js';
import { ENV } from '../config/config.module.js';
import type { Env } from '../config/env.js';
import { Versioned } from './answers.js';

const HEADER = 'Idempotency-Key';
/** 1 to 255 visible ASCII characters; two headers of the name come as one, with a space in it. */
const WELL_FORMED = /^[\x21-\x7e]{1,255}$/;

/** Which handlers are fulfilled once: the metadata that the contract's test walks over. */
export const IDEMPOTENT = 'idempotent';

/** A handler that answers `Promise<Body>`. */
type Answering<Body> = (
  target: object,
  name: string | symbol,
  descriptor: TypedPropertyDescriptor<(...args: never[]) => Promise<Body>>,
) => void;

/**
 * A handler that creates something, by one act: a request with an `Idempotency-Key` is fulfilled once, and its repeats are
 * answered as it was (contract §1). `answerOf`: how the handler makes its answer of what the act came to.
 */
export function Creates<Result, Body>(answerOf: (result: Result) => Body): Answering<Body> {
  return idempotent('creates', (result) => {
    const answer = answerOf(result as Result);
    return answer instanceof Versioned
      ? { body: answer.body as unknown, version: answer.version }
      : { body: answer, version: null };
  });
}

/**
 * The same of a handler whose answer holds a secret, which is kept nowhere: a repeat is told the id of what was issued, and
 * no more. `idOf`: that id; `ofKeyItself`: the path names no key, for it means the one that the request is made with.
 */
export function Issues<Result>(
  idOf: (result: Result) => number,
  { ofKeyItself = false }: { ofKeyItself?: boolean } = {},
): MethodDecorator {
  return applyDecorators(
    idempotent('issues', (result) => ({ issuedId: idOf(result as Result) }), ofKeyItself) as MethodDecorator,
    Refuses(409, REFUSALS.AlreadyIssued),
  ) as MethodDecorator;
}

function idempotent<Body>(
  kind: 'creates' | 'issues',
  answerOf: Claim['answerOf'],
  ofKeyItself = false,
): Answering<Body> {
  return applyDecorators(
    SetMetadata(IDEMPOTENT, kind),
    UseInterceptors(interceptorOf(answerOf, ofKeyItself)),
    ApiHeader({
      name: HEADER,
      required: false,
      description:
        kind === 'creates'
          ? 'Within 24 hours a repeat with the same key and body is answered as the first time, without acting again.'
          : 'Within 24 hours a repeat with the same key and body is 409 `already_issued`: what was issued is shown once.',
      schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[!-~]+$' },
    }),
    Refuses(422, REFUSALS.IdempotencyMismatch),
  ) as Answering<Body>;
}

function interceptorOf(
  answerOf: (result: unknown) => KeptAnswer,
  ofKeyItself: boolean,
): new (env: Env) => NestInterceptor {
  class IdempotencyInterceptor implements NestInterceptor {
    private readonly secret: Buffer;

    constructor(@Inject(ENV) env: Env) {
      this.secret = purposeKey(env.SECRET_KEY, 'idempotency');
    }

    /** Gives the claim to the caller, with whom it reaches the act; answers a repeat as the first time. */
    intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
      const request = context.switchToHttp().getRequest<JudgedRequest>();
      const key = request.headers['idempotency-key'];
      if (key === undefined) return next.handle();
      if (typeof key !== 'string' || !WELL_FORMED.test(key)) {
        throw InvalidInput.field(HEADER, 'Send 1 to 255 visible ASCII characters.');
      }
      const { principal, membership } = request;
      if (!principal) throw new Error('Only what a caller does can be fulfilled once.');
      const caller = { ...principal, claim: this.claim(request, principal, key) };
      request.principal = caller;
      if (membership) request.membership = { ...membership, principal: caller };
      return next.handle().pipe(
        catchError((error: unknown) => {
          if (error instanceof AnsweredBefore) return of(answerAgain(error));
          throw error;
        }),
      );
    }

    private claim(request: JudgedRequest, { userId, credential }: Caller, key: string): Claim {
      const { method, routePath, params, body } = request;
      const itself = ofKeyItself && credential.scheme === 'access_key' ? credential.keyId : null;
      return {
        digest: this.digest([userId, itself, method, routePath, params, key]),
        bodyDigest: this.digest(sent(body)),
        answerOf,
      };
    }

    /** Keyed, for a body may hold what others must not guess. */
    private digest(content: unknown): Buffer {
      return Buffer.from(hmacText(this.secret, JSON.stringify(content)), 'base64url');
    }
  }
  return IdempotencyInterceptor;
}

type Caller = NonNullable<JudgedRequest['principal']>;

/** A body as far as it means something: none is an empty object, of a form all values count. */
function sent(body: unknown): unknown {
  const given = body ?? {};
  return [given, [...(textsOf(given) ?? [])]];
}

function answerAgain({ body, version }: AnsweredBefore): unknown {
  return version === null ? body : new Versioned(version, body);
}
