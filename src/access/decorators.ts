import { applyDecorators, createParamDecorator, type ExecutionContext, SetMetadata } from '@nestjs/common';
import { ApiExtension, ApiParam, ApiSecurity } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { addressOf } from '../common/addresses.js';
import { withoutCredentials } from '../common/credential-forms.js';
import { REFUSALS, Refuses } from '../common/error-schemas.js';
import type { Permission } from './permissions.js';
import {
  type Actor,
  anonymous,
  type Membership,
  type Origin,
  type Principal,
  type Scheme,
} from './principal.js';

/**
 * Who may call a handler. Every handler carries exactly one of the access decorators below, on itself and never on its
 * class; the boot fails otherwise (guards/guards.module.ts). There is none for the access level: that follows from the
 * HTTP method, so nobody can forget it. Each also writes the OpenAPI security, so that docs and enforcement can't differ.
 */
export type Access =
  | { readonly kind: 'public' }
  | {
      readonly kind: 'authenticated';
      readonly via: readonly Scheme[];
      /** What it calls is judged one by one (src/mcp): its method says nothing. And it reads no cookie. */
      readonly calls?: 'tools';
    }
  | { readonly kind: 'permission'; readonly permission: Permission }
  | {
      readonly kind: 'staff';
      /** It asks about credentials, as a service does that guards something itself (RFC 7662). */
      readonly introspects?: true;
    };

export const ACCESS = 'access';

export const ALL_SCHEMES: readonly Scheme[] = ['access_key', 'jwt', 'session'];
/** The schemes of a person at the keyboard: what a key must never do by itself asks for one of these. */
export const PERSONAL: readonly Scheme[] = ['jwt', 'session'];

const SECURITY_NAMES: Record<Scheme, string> = { access_key: 'ApiKey', jwt: 'Bearer', session: 'Session' };

function access(
  value: Access,
  schemes: readonly Scheme[],
  ...documented: MethodDecorator[]
): MethodDecorator {
  return applyDecorators(
    onlyOnce,
    SetMetadata(ACCESS, value),
    ApiExtension('x-access', value),
    ...schemes.map((scheme) => ApiSecurity(SECURITY_NAMES[scheme]) as MethodDecorator),
    ...documented,
  ) as MethodDecorator;
}

/** Two access decorators on one handler would silently mean the outer one: refused while the class is defined. */
const onlyOnce: MethodDecorator = (_target, name, descriptor) => {
  if (descriptor.value && Reflect.hasMetadata(ACCESS, descriptor.value)) {
    throw new Error(`${String(name)} carries more than one access decorator.`);
  }
};

const unauthenticated = Refuses(401, REFUSALS.Unauthenticated);
const forbidden = Refuses(403, REFUSALS.Forbidden);

/** Anyone: no credential is read, not even a bad one. */
export const Public = (): MethodDecorator => access({ kind: 'public' }, []);

/**
 * Any caller. With an `:org_pk` in the path: any member of that organization. `via` narrows it to some kinds of
 * credential; the others are answered 403 `wrong_credential_kind`.
 */
export const Authenticated = ({ via = ALL_SCHEMES }: { via?: readonly Scheme[] } = {}): MethodDecorator =>
  access({ kind: 'authenticated', via }, via, unauthenticated, forbidden);

/** A member of the path's `:org_pk` whose role holds the permission. Others: 404 outside, 403 inside. */
export const RequirePermission = (permission: Permission): MethodDecorator =>
  access(
    { kind: 'permission', permission },
    ALL_SCHEMES,
    ApiParam({ name: 'org_pk', type: 'integer' }) as MethodDecorator,
    unauthenticated,
    forbidden,
    Refuses(404, REFUSALS.NotFound),
  );

/** Our own staff, by session, JWT or an `admin` key. For anyone else the path isn't there: 404. */
export const StaffOnly = (): MethodDecorator =>
  access(
    { kind: 'staff' },
    ALL_SCHEMES,
    unauthenticated,
    forbidden,
    Refuses(404, REFUSALS.NotFoundForOthers),
  );

/**
 * Staff that ask what a credential opens (RFC 7662): a read, although it is a POST, so that the asking service needs no
 * more than a read-only key; and its key may come as `Basic prefix:secret`, which is what OAuth clients send.
 */
export const Introspection = (): MethodDecorator =>
  access(
    { kind: 'staff', introspects: true },
    ALL_SCHEMES,
    unauthenticated,
    forbidden,
    Refuses(404, REFUSALS.NotFoundForOthers),
  );

/** Whoever calls tools: a program by key or JWT, never a browser by its cookie. Each tool says who may call it. */
export const ToolCaller = (): MethodDecorator => {
  const via: readonly Scheme[] = ['access_key', 'jwt'];
  return access({ kind: 'authenticated', via, calls: 'tools' }, via, unauthenticated);
};

/** Whether what a handler calls is judged one by one. */
export function callsTools(access: Access): boolean {
  return access.kind === 'authenticated' && access.calls === 'tools';
}

/** Whether a handler asks about credentials. */
export function introspects(access: Access): boolean {
  return access.kind === 'staff' && access.introspects === true;
}

/** A request after the guards have judged it. */
export interface JudgedRequest extends FastifyRequest {
  principal?: Principal;
  membership?: Membership;
}

/** What the guards put on the request; reaching for it on a handler that doesn't promise it is our own mistake. */
function judged<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`This handler has no ${what}: check its access decorator.`);
  return value;
}

/** Characters of a user agent that are kept. */
const USER_AGENT_KEPT = 300;

/** Where a request came from, as audit events and last uses keep it: without a key that somebody put into a wrong header. */
export function originOf(request: FastifyRequest): Origin {
  const { 'user-agent': userAgent } = request.headers;
  return {
    ip: addressOf(request.ip),
    userAgent: userAgent === undefined ? null : withoutCredentials(userAgent).slice(0, USER_AGENT_KEPT),
    requestId: request.id,
    ...(request.channel && { via: request.channel }),
  };
}

const fromRequest = <T>(pick: (request: JudgedRequest) => T): (() => ParameterDecorator) =>
  createParamDecorator((_data: unknown, context: ExecutionContext) =>
    pick(context.switchToHttp().getRequest<JudgedRequest>()),
  );

/** The caller. */
export const CurrentPrincipal = fromRequest((request) => judged(request.principal, 'principal'));

/** The caller's membership in the organization of the path. */
export const CurrentMember = fromRequest((request) => judged(request.membership, 'membership'));

/** The caller of a public endpoint: where the request came from, and nothing proven. */
export const CurrentActor = fromRequest((request): Actor => anonymous(originOf(request)));
