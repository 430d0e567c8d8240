import type { Type } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import type { onSendHookHandler } from 'fastify';
import { rulesOf } from '../common/field-rules.js';
import { isRaw } from './bodies/raw-bodies.js';
import type { DeclaredRoute } from './declared-routes.js';
import { isCheck } from './paths.js';

const HEADER = 'CryptoComply-Ignored-Parameters';
/** Parameters that one answer names, and characters of a name. */
const MOST_NAMES = 10;
const LONGEST_NAME = 64;
const MORE = encodeURIComponent('…');
/** An access key, wherever in a name somebody put it. */
const KEY = /[A-Za-z0-9]{8}\.[A-Za-z0-9]{32}/;

/** Query parameters that a handler doesn't know are ignored, but named, so that a misspelt filter is noticed (contract §1). */
export function nameIgnoredParameters(routes: readonly DeclaredRoute[]): onSendHookHandler {
  const known = new Map(routes.map((route) => [`${route.method} ${route.path}`, parametersOf(route)]));
  return (request, reply, _payload, done) => {
    if (request.raw.url?.includes('?') && !isRaw(request) && !isCheck(request)) {
      const method = request.method === 'HEAD' ? 'GET' : request.method;
      const declared = known.get(`${method} ${request.routePath ?? ''}`);
      const ignored = declared
        ? Object.keys(request.query as object).filter((name) => !declared.has(name))
        : [];
      if (ignored.length > 0) void reply.header(HEADER, listed(ignored));
    }
    done();
  };
}

/** What the handler's query DTO declares. */
function parametersOf({ controller, name }: DeclaredRoute): ReadonlySet<string> {
  const args = (Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, name) ?? {}) as Record<
    string,
    { index: number; data?: unknown }
  >;
  const types = (Reflect.getMetadata('design:paramtypes', controller.prototype as object, name) ??
    []) as Type[];
  const names = Object.entries(args).flatMap(([key, { index, data }]) => {
    if (!key.startsWith(`${RouteParamtypes.QUERY}:`)) return [];
    return typeof data === 'string'
      ? [data]
      : [...rulesOf((types[index]?.prototype ?? null) as object | null).keys()];
  });
  return new Set(names);
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMES).map((name) => (KEY.test(name) ? 'redacted' : shortened(name)));
  return [...new Set(shown), ...(names.length > MOST_NAMES ? [MORE] : [])].join(', ');
}

function shortened(name: string): string {
  const characters = [...name.toWellFormed()];
  const start = encodeURIComponent(characters.slice(0, LONGEST_NAME).join(''));
  return characters.length > LONGEST_NAME ? `${start}${MORE}` : start;
}
