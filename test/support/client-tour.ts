import { readFileSync } from 'node:fs';
import { TEST_ORIGIN } from './app.js';
import { readApiDocument } from './contract/api-document.js';
import { operationsOf } from './fuzz/fuzzed-operation.js';
import { Targets } from './fuzz/targets.js';
import type { Tenant } from './fuzz/tenant.js';
import { loginHeaders } from './log-in.js';
import { type ProviderApp, startProviderApp } from './provider-app.js';

/** How a client of ours is to authenticate, in plain data: for clients in other languages, too. */
export type TourCredential =
  | { readonly scheme: 'none' }
  | { readonly scheme: 'key'; readonly key: string }
  | { readonly scheme: 'jwt' | 'session'; readonly email: string; readonly password: string };

/** One operation of the service, as a call that succeeds. */
export interface TourCall {
  readonly operationId: string;
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** As the document spells it. */
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly credential: TourCredential;
}

interface Described {
  readonly operationId: string;
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly example?: unknown }>> };
}
const document = JSON.parse(readFileSync('docs/api/openapi.json', 'utf8')) as {
  paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
};

/** Every operation of the document, by its id. */
export const OPERATIONS: readonly string[] = Object.values(document.paths).flatMap((item) =>
  Object.values(item).map(({ operationId }) => operationId),
);

/** What gateways say of the original request; the test's own address is one of theirs. */
const ORIGINAL = {
  'x-original-method': 'GET',
  'x-original-uri': '/api/orgs/',
  'x-forwarded-method': 'GET',
  'x-forwarded-uri': '/api/orgs/',
};
const CHECKS: readonly (readonly [path: string, params: Record<string, string>])[] = [
  ['/api/auth/check/nginx/', {}],
  ['/api/auth/check/nginx/require/{org}/{permission}/', { org: 'any', permission: 'any' }],
  ['/api/auth/check/forward/', {}],
  ['/api/auth/check/forward/require/{org}/{permission}/', { org: 'any', permission: 'any' }],
  ['/api/auth/check/envoy/', {}],
  ['/api/auth/check/envoy/{path}', { path: 'api/orgs/' }],
];

/** The service with everything in it that the tour of its operations needs. */
export async function startTour(): Promise<{ app: ProviderApp; calls: AsyncGenerator<TourCall> }> {
  const app = await startProviderApp({ TRUSTED_PROXIES: '127.0.0.1' });
  return { app, calls: callsAt(app) };
}

/**
 * A call of every operation, each on an object of its own, made when its turn comes. A new operation is in it by itself if its
 * document's example fits; what it acts on stands in fuzz/targets.ts, and without that this throws.
 */
async function* callsAt(app: ProviderApp): AsyncGenerator<TourCall> {
  const targets = await Targets.of(app);
  const staff = await app.test.make.user({ staff: true });
  const adminKey = (await app.test.make.accessKey(staff, { admin: true })).key;
  let tenant: Tenant | undefined;
  for (const operation of operationsOf(readApiDocument())) {
    const target = await targets.for(operation);
    ({ tenant } = target);
    const method = operation.method.toLowerCase() as TourCall['method'];
    const described = document.paths[operation.path]?.[method];
    const example = described?.requestBody?.content['application/json']?.example;
    const known = Object.entries(target.known).filter(([name]) => name in ((example ?? {}) as object));
    const isLogin = operation.name === 'POST /api/auth/login/';
    yield {
      operationId: described?.operationId ?? '',
      method,
      path: operation.path,
      params: paramsOf(operation.path, target.path),
      headers: isLogin ? await loginHeaders(app.test) : {},
      body: example === undefined ? undefined : { ...(example as object), ...Object.fromEntries(known) },
      credential:
        operation.access.kind === 'public'
          ? { scheme: 'none' }
          : operation.access.kind === 'staff'
            ? { scheme: 'key', key: adminKey }
            : await credentialOf(tenant, operation.schemes, method),
    };
  }
  const credential: TourCredential = { scheme: 'key', key: tenant?.key.key ?? '' };
  for (const [path, params] of CHECKS) {
    const { operationId = '' } = document.paths[path]?.['get'] ?? {};
    yield { operationId, method: 'get', path, params, headers: ORIGINAL, body: undefined, credential };
  }
  const mcp = document.paths['/mcp']?.['post'];
  yield {
    operationId: mcp?.operationId ?? '',
    method: 'post',
    path: '/mcp',
    params: {},
    headers: { accept: 'application/json, text/event-stream', host: new URL(TEST_ORIGIN).host },
    body: mcp?.requestBody?.content['application/json']?.example,
    credential,
  };
}

/** By the key wherever one opens it; what only people do is read by token and written by session. */
async function credentialOf(
  tenant: Tenant,
  schemes: readonly string[],
  method: string,
): Promise<TourCredential> {
  if (schemes.includes('ApiKey')) return { scheme: 'key', key: tenant.key.key };
  const { email } = tenant.owner;
  const scheme = method === 'get' && schemes.includes('Bearer') ? 'jwt' : 'session';
  return { scheme, email, password: await tenant.password() };
}

/** What stands in a path where the document has names. */
function paramsOf(template: string, path: string): Record<string, string> {
  const pattern = template.replace(/\{(\w+)\}/g, (_all, name: string) =>
    name === 'path' ? '(?<path>.+)' : `(?<${name}>[^/]+)`,
  );
  return { ...new RegExp(`^${pattern}$`).exec(path)?.groups };
}
