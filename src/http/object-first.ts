import {
  type CallHandler,
  type ExecutionContext,
  Inject,
  type NestInterceptor,
  type Type,
  UseInterceptors,
} from '@nestjs/common';
import { catchError, type Observable } from 'rxjs';
import { InvalidInput, NotFound } from '../common/errors.js';
import { parseId } from '../common/ids.js';
import type { JudgedRequest } from '../access/decorators.js';
import type { Membership, Principal } from '../access/principal.js';

/** A service that can tell whether an object is there for this caller. */
export interface OwnsObjects {
  /** Whether `id` exists within the caller's organization, or, on paths without one, for this principal. */
  exists(scope: Membership | Principal, id: number): Promise<boolean>;
}

/**
 * An object that isn't there is 404 even when the body is bad too (contract §1, order of refusal): a 400 would tell that
 * it exists. The service is asked only after a body was refused, so a good request pays nothing.
 */
export function ObjectFirst(service: Type<OwnsObjects>, param = 'id'): MethodDecorator {
  class ObjectFirstInterceptor implements NestInterceptor {
    constructor(@Inject(service) private readonly owner: OwnsObjects) {}

    intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
      const request = context.switchToHttp().getRequest<JudgedRequest & { params: Record<string, string> }>();
      return next
        .handle()
        .pipe(catchError((error: unknown) => this.judge(error, request, request.params[param])));
    }

    private async judge(error: unknown, request: JudgedRequest, text: string | undefined): Promise<never> {
      const scope = request.membership ?? request.principal;
      const id = parseId(text);
      if (
        error instanceof InvalidInput &&
        scope &&
        (id === undefined || !(await this.owner.exists(scope, id)))
      ) {
        throw new NotFound();
      }
      throw error;
    }
  }
  return UseInterceptors(ObjectFirstInterceptor);
}
