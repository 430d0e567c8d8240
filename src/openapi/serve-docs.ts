import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { SwaggerModule } from '@nestjs/swagger';
import { describeApi } from './describe-api.js';

/** Serves the document at `/api/schema/` and a page to read it at `/api/docs/`, without a request to anywhere else. */
export function serveApiDocs(app: NestFastifyApplication): void {
  const here = [{ url: '/', description: 'This instance' }];
  SwaggerModule.setup('api/docs', app, () => ({ ...describeApi(app), servers: here }), {
    jsonDocumentUrl: 'api/schema',
    raw: ['json'],
    customSiteTitle: 'CryptoComply API',
    swaggerOptions: { validatorUrl: null, persistAuthorization: false },
  });
}
