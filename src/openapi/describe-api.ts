import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { describeChecks } from '../checks/describe-checks.js';
import { ERROR_SCHEMAS } from '../common/error-schemas.js';
import { snakeCase } from '../common/snake-case.js';
import { curlOf } from './curl.js';
import type { Document, Operation } from './document.js';
import { giveExamples } from './examples.js';
import { nameEnums } from './named-enums.js';
import { completeParameters } from './parameters.js';
import { commonRefusals } from './refusals.js';
import { shareParts } from './shared-parts.js';
import { byTag, TAGS } from './tags.js';
import { securityOf, whoMay } from './who-may.js';

/** Where the product is served, for those who read the document apart from an instance. */
const PRODUCTION = { url: 'https://api.cryptocomply.xyz', description: 'Production' };

/**
 * The interface of the service as an OpenAPI 3.1 document, made from the decorators alone. What every operation needs
 * (who may call it, an example, a command to paste, the refusals of all) is derived here, so that a new endpoint has it
 * too; contract/api-document.spec.ts names what can't be derived.
 */
export function describeApi(app: NestFastifyApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('CryptoComply authentication & API keys')
    .setDescription(
      'Access keys, tokens and sessions open this API; provider keys let it call third parties. ' +
        'All text is well-formed Unicode without NUL.',
    )
    .setVersion('1')
    .addServer(PRODUCTION.url, PRODUCTION.description)
    .addApiKey(
      {
        type: 'apiKey',
        in: 'header',
        name: 'Authorization',
        description: 'An access key: `Api-Key <prefix>.<secret>`. For backends, scripts and jobs.',
      },
      'ApiKey',
    )
    .addBearerAuth(
      {
        type: 'http',
        scheme: 'bearer',
        bearerFormat: 'JWT',
        description: 'The `access` token of `POST /api/auth/token/`. It lives 5 minutes.',
      },
      'Bearer',
    )
    .addCookieAuth(
      'sessionid',
      { type: 'apiKey', in: 'cookie', description: 'Set by `POST /api/auth/login/`. For the web app.' },
      'Session',
    )
    .addApiKey(
      {
        type: 'apiKey',
        in: 'header',
        name: 'X-CSRFToken',
        description: 'What the `csrftoken` cookie holds. A write by session needs it.',
      },
      'CsrfToken',
    )
    .build();
  const document = SwaggerModule.createDocument(app, config, { operationIdFactory: operationId });
  Object.assign(document.paths, describeChecks());
  return completed(structuredClone(document) as unknown as Document) as unknown as OpenAPIObject;
}

/** `AccessKeysAdminController.issue` is `access_keys_admin_issue`: how the clients name the call as well. */
function operationId(controller: string, method: string): string {
  return `${snakeCase(controller.replace(/Controller$/, ''))}_${snakeCase(method)}`;
}

function completed(document: Document): Document {
  document.info.license = { name: 'Proprietary', identifier: 'LicenseRef-CryptoComply' };
  document.tags = TAGS.map((tag) => ({ ...tag }));
  Object.assign(document.components.schemas, ERROR_SCHEMAS);
  document.paths = Object.fromEntries(
    Object.entries(document.paths).map(([path, item]) => [documented(path), item]),
  );
  for (const [path, item] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(item)) complete(path, method, operation);
  }
  document.paths = byTag(document.paths);
  giveExamples(document);
  for (const [path, item] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(item)) {
      operation['x-codeSamples'] = [
        { lang: 'Shell', label: 'curl', source: curlOf(PRODUCTION.url, path, method, operation) },
      ];
    }
  }
  nameEnums(document);
  shareParts(document);
  return document;
}

/** What an answer without words of its own means. */
const DONE: Readonly<Record<string, string>> = { 200: 'It is so.', 201: 'It was made.', 204: 'It is done.' };

/** What holds for every operation, and no handler declares for itself. */
function complete(path: string, method: string, operation: Operation): void {
  operation.responses = structuredClone({
    ...commonRefusals(path, method, operation),
    ...operation.responses,
  });
  operation.description = [operation.description, whoMay(operation, method)].filter(Boolean).join('\n\n');
  operation.security = securityOf(operation, method);
  for (const [status, response] of Object.entries(operation.responses))
    response.description ||= DONE[status] ?? '';
  completeParameters(operation);
}

/**
 * Every documented path ends in a slash; the form without is served by the same handler. But for the pass-through's
 * path, whose end is the provider's matter.
 */
function documented(path: string): string {
  return path.startsWith('/api/') && !/(?:\/|\{path\})$/.test(path) ? `${path}/` : path;
}
