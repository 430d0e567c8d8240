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

interface Lookup<Service> {
  /** The part of the path that names the object. Default: `id`. */
  param?: string;
  /** Asks the service, where it has more than one kind of caller, or an object stands below another. Default: its `exists`. */
  exists?: (
    service: Service,
    scope: Membership | Principal,
    id: number,
    params: Readonly<Record<string, string>>,
  ) => Promise<boolean>;
}

/**
 * An object that isn't there is 404 even when the body is bad too (contract §1, order of refusal): a 400 would tell that
 * it exists. The service is asked only after a body was refused, so a good request pays nothing.
 */
export function ObjectFirst<Service extends object>(
  service: Type<Service>,
  { param = 'id', exists = ownExists }: Lookup<Service> = {},
): MethodDecorator {
  class ObjectFirstInterceptor implements NestInterceptor {
    constructor(@Inject(service) private readonly owner: Service) {}

    intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
      const request = context.switchToHttp().getRequest<JudgedRequest & { params: Record<string, string> }>();
      return next.handle().pipe(catchError((error: unknown) => this.judge(error, request, request.params)));
    }

    private async judge(
      error: unknown,
      request: JudgedRequest,
      params: Readonly<Record<string, string>>,
    ): Promise<never> {
      const scope = request.membership ?? request.principal;
      const id = parseId(params[param]);
      if (
        error instanceof InvalidInput &&
        scope &&
        (id === undefined || !(await exists(this.owner, scope, id, params)))
      ) {
        throw new NotFound();
      }
      throw error;
    }
  }
  return UseInterceptors(ObjectFirstInterceptor);
}

function ownExists(service: object, scope: Membership | Principal, id: number): Promise<boolean> {
  return (service as OwnsObjects).exists(scope, id);
}

/** The caller of a path without an organization. */
export function callerOf(scope: Membership | Principal): Principal {
  return 'principal' in scope ? scope.principal : scope;
}

/** The caller's membership, on a path that names an organization. */
export function memberOf(scope: Membership | Principal): Membership {
  if (!('principal' in scope)) throw new Error('This path names no organization.');
  return scope;
}
