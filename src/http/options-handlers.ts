import { applyDecorators, Header, HttpCode, Options, SetMetadata } from '@nestjs/common';
import { ApiExcludeEndpoint } from '@nestjs/swagger';
import { ACCESS } from '../access/decorators.js';
import type { DeclaredRoute } from './declared-routes.js';
import { inOrder } from './paths.js';

/** What `OPTIONS` tells of a path, as Django REST Framework does; its `actions` are left out on purpose. */
interface PathMetadata {
  readonly name: string;
  readonly description: string;
  readonly renders: readonly string[];
  readonly parses: readonly string[];
}

const JSON_TYPE = 'application/json';
const FORM_TYPE = 'application/x-www-form-urlencoded';

/**
 * Gives every path an `OPTIONS` handler with the access rule of its GET, or without one of its first method (contract §1):
 * the guards judge it as a read, and it looks nothing up. It carries no limit: asking what a path takes is no login.
 * Call it before the routes are registered.
 */
export function addOptionsHandlers(routes: readonly DeclaredRoute[]): void {
  const byPath = new Map<string, DeclaredRoute[]>();
  for (const route of routes) {
    if (route.method !== 'OPTIONS') byPath.set(route.path, [...(byPath.get(route.path) ?? []), route]);
  }
  for (const [path, there] of byPath) {
    const model = there.find(({ method }) => method === 'GET') ?? there[0];
    if (model) addHandler(path, model, allowOf(there));
  }
}

function allowOf(routes: readonly DeclaredRoute[]): string {
  const methods = routes.flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));
  return inOrder([...methods, 'OPTIONS']).join(', ');
}

function addHandler(path: string, model: DeclaredRoute, allow: string): void {
  const prototype = model.controller.prototype as object;
  const answer = metadataOf(model);
  const descriptor: TypedPropertyDescriptor<() => PathMetadata> = {
    value: () => answer,
    configurable: true,
    enumerable: false,
    writable: true,
  };
  const name = `OPTIONS ${path}`;
  applyDecorators(
    SetMetadata(ACCESS, Reflect.getMetadata(ACCESS, model.handler)),
    Options(model.ownPath),
    HttpCode(200),
    Header('Allow', allow),
    ApiExcludeEndpoint(),
  )(prototype, name, descriptor);
  Object.defineProperty(prototype, name, descriptor);
}

function metadataOf({ controller, handler }: DeclaredRoute): PathMetadata {
  const [name = controller.name] = (Reflect.getMetadata('swagger/apiUseTags', controller) ?? []) as string[];
  const { summary, description } = (Reflect.getMetadata('swagger/apiOperation', handler) ?? {}) as {
    summary?: string;
    description?: string;
  };
  const responses = (Reflect.getMetadata('swagger/apiResponse', handler) ?? {}) as Record<
    string,
    { content?: object } | undefined
  >;
  const types = Object.entries(responses).flatMap(([status, response]) =>
    status.startsWith('2') ? Object.keys(response?.content ?? {}) : [],
  );
  const config = Reflect.getMetadata('__fastify_route_config__', handler) as
    { rawBody?: boolean; channel?: string } | undefined;
  return {
    name,
    description: [summary, description].filter(Boolean).join('. '),
    renders: [...new Set([JSON_TYPE, ...types])],
    parses: config?.rawBody || config?.channel ? [JSON_TYPE] : [JSON_TYPE, FORM_TYPE],
  };
}
