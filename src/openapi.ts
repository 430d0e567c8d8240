import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';

type Operation = Record<string, unknown> & { responses: Record<string, unknown>; requestBody?: unknown };

const error = (description: string, schema = 'Error') => ({
  description,
  content: { 'application/json': { schema: { $ref: `#/components/schemas/${schema}` } } },
});

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
  return withCommonParts(SwaggerModule.createDocument(app, config));
}

/** What holds for every operation: the error bodies, and the refusals of the HTTP layer. */
function withCommonParts(document: OpenAPIObject): OpenAPIObject {
  const schemas = ((document.components ??= {}).schemas ??= {});
  schemas.Error = {
    type: 'object',
    required: ['detail'],
    properties: {
      detail: { type: 'string' },
      code: { type: 'string', description: 'A stable word: docs/errors.md.' },
    },
  };
  schemas.FieldErrors = {
    type: 'object',
    description: 'What is wrong, by field; what belongs to no single field under `non_field_errors`.',
    additionalProperties: true,
  };
  for (const [path, item] of Object.entries(document.paths)) {
    for (const operation of Object.values(item) as Operation[]) {
      const hasBody = operation.requestBody !== undefined;
      const queried = (operation.parameters as { in: string }[] | undefined)?.some(
        (parameter) => parameter.in === 'query',
      );
      operation.responses = {
        ...(hasBody || queried ? { 400: error('Invalid input.', 'FieldErrors') } : {}),
        ...(path.includes('{') || queried ? { 404: error('Not found.') } : {}),
        ...(hasBody ? { 413: error('The body is too large.'), 415: error('The body is not JSON.') } : {}),
        429: error('Too many requests.'),
        500: error('Our fault.'),
        503: error('Temporarily unavailable.'),
        ...operation.responses,
      };
    }
  }
  document.paths = Object.fromEntries(
    Object.entries(document.paths).map(([path, item]) => [documented(path), item]),
  );
  return document;
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
