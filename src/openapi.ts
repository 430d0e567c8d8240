import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import type { Access } from './access/decorators.js';
import { describeChecks } from './checks/describe-checks.js';
import { ERROR_SCHEMAS, errorAnswer } from './common/error-schemas.js';

type Operation = Record<string, unknown> & {
  responses: Record<string, unknown>;
  requestBody?: unknown;
  parameters?: { in: string }[];
  'x-access'?: Access;
};

/** The interface of the service as an OpenAPI 3.1 document, made from the decorators alone. */
export function describeApi(app: NestFastifyApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('CryptoComply authentication & API keys')
    .setDescription(
      'Access keys, tokens and sessions open this API; provider keys let it call third parties.',
    )
    .setVersion('1')
    .addApiKey(
      { type: 'apiKey', in: 'header', name: 'Authorization', description: '`Api-Key <prefix>.<secret>`' },
      'ApiKey',
    )
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT' }, 'Bearer')
    .addCookieAuth('sessionid', { type: 'apiKey', in: 'cookie' }, 'Session')
    .build();
  const document = SwaggerModule.createDocument(app, config);
  Object.assign(document.paths, describeChecks());
  return withCommonParts(document);
}

/** What holds for every operation: the error bodies, and the refusals that no handler declares for itself. */
function withCommonParts(document: OpenAPIObject): OpenAPIObject {
  Object.assign(((document.components ??= {}).schemas ??= {}), ERROR_SCHEMAS);
  for (const [path, item] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(item) as [string, Operation][]) {
      operation.responses = { ...commonRefusals(path, method, operation), ...operation.responses };
    }
  }
  document.paths = Object.fromEntries(
    Object.entries(document.paths).map(([path, item]) => [documented(path), item]),
  );
  return document;
}

/** A body is read for every method but GET, also where none is expected, so it can be refused there as well. */
function commonRefusals(path: string, method: string, operation: Operation): Record<string, unknown> {
  const writes = method !== 'get';
  const queried = operation.parameters?.some((parameter) => parameter.in === 'query') ?? false;
  const isPublic = operation['x-access']?.kind === 'public';
  return {
    ...((writes || queried) && {
      400: errorAnswer('Invalid input, or a body that is no JSON.', 'BadRequest'),
    }),
    ...((path.includes('{') || queried) && { 404: errorAnswer('Not found.') }),
    ...(writes && !isPublic && { 409: errorAnswer('It contradicts the current state: `code` says how.') }),
    ...(writes && { 413: errorAnswer('The body is too large.') }),
    ...(writes && { 415: errorAnswer('The body is not JSON.') }),
    429: errorAnswer('Too many requests.'),
    500: errorAnswer('Our fault.'),
    503: errorAnswer('Temporarily unavailable.'),
  };
}

/**
 * Every documented path ends in a slash; the form without is served by the same handler. But for the pass-through's
 * path, whose end is the provider's matter.
 */
function documented(path: string): string {
  return path.startsWith('/api/') && !/(?:\/|\{path\})$/.test(path) ? `${path}/` : path;
}

/** Serves the document at `/api/schema/` and a page to read it at `/api/docs/`, without a request to anywhere else. */
export function serveApiDocs(app: NestFastifyApplication): void {
  SwaggerModule.setup('api/docs', app, () => describeApi(app), {
    jsonDocumentUrl: 'api/schema',
    raw: ['json'],
    customSiteTitle: 'CryptoComply API',
    swaggerOptions: { validatorUrl: null, persistAuthorization: false },
  });
}
