import type { Type } from '@nestjs/common';
import { DiscoveryService, NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyBaseLogger, onRequestHookHandler } from 'fastify';
import { randomUUID } from 'node:crypto';
import { type IncomingMessage, maxHeaderSize } from 'node:http';
import { AppModule } from './app.module.js';
import { warnOfKeys } from './auth/key-warnings.js';
import { keepAnswersPrivate } from './auth/private-answers.js';
import { BODY_LIMIT } from './http/bodies/body-headers.js';
import { declaredRoutes } from './http/declared-routes.js';
import { FastifyLogger } from './http/fastify-logger.js';
import { type FeatureHooks, installHooks } from './http/hooks.js';
import { addOptionsHandlers } from './http/options-handlers.js';
import { routedPath } from './common/request-target.js';
import { wellFormedRequestId } from './http/request-id.js';
import { Metrics } from './metrics/metrics.js';
import { RequestLog } from './metrics/request-log.js';
import { OpenAttempts } from './rate-limits/open-attempts.js';
import { serveApiDocs } from './openapi/serve-docs.js';
import { answerUnreadable } from './http/unreadable-requests.js';
import { parseQuery } from './http/urlencoded.js';
import { InputPipe } from './http/input.pipe.js';
import { trustedProxies } from './common/trusted-proxies.js';
import { Console } from './console/console.js';
import { Guides } from './guides/guides.js';
import { type Env, servesDocs } from './config/env.js';
import { publicOrigin, publicOrigins } from './config/public-origin.js';

interface AppOptions {
  /** Build the modules without constructing a provider or touching the database: for the OpenAPI document. */
  preview?: boolean;
  /** Where the log goes; standard output by default. */
  logTo?: { write(line: string): void };
  /** What else is done with every request that arrives. */
  onRequest?: onRequestHookHandler;
}

/** The whole service, ready to listen; the same object for main, tests, the CLI and the OpenAPI script. */
export async function createApp(
  env: Env,
  { preview = false, logTo, onRequest }: AppOptions = {},
): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    routerOptions: {
      ignoreTrailingSlash: true,
      // How long a part of a path may be, whoever reads it judges: the router's own refusal goes around hooks and filter.
      maxParamLength: maxHeaderSize,
      querystringParser: parseQuery,
    },
    bodyLimit: BODY_LIMIT,
    trustProxy: env.TRUSTED_PROXIES.length > 0 && trustedProxies(env.TRUSTED_PROXIES),
    genReqId: (request: IncomingMessage) =>
      wellFormedRequestId(request.headers['x-request-id']) ?? randomUUID(),
    clientErrorHandler: answerUnreadable,
    rewriteUrl: routedPath,
    return503OnClosing: false,
    // Who sends slower than this is cut off, whatever else is going on (milliseconds).
    // How often a host is named, http/request-head.ts judges: Node's own refusal says nothing.
    http: { headersTimeout: 10_000, connectionsCheckingInterval: 2_000, requireHostHeader: false },
    requestTimeout: 30_000,
    connectionTimeout: 0,
    keepAliveTimeout: 72_000,
    forceCloseConnections: 'idle',
    logger:
      env.LOG_LEVEL === 'silent'
        ? false
        : { level: env.LOG_LEVEL, base: undefined, ...(logTo && { stream: logTo }) },
    // No logger of its own for each request: RequestLog names the request itself.
    childLoggerFactory: (logger: FastifyBaseLogger) => logger,
    logController: new RequestLog(),
  });
  const fastify = adapter.getInstance();
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.of(env), adapter, {
    bodyParser: false,
    abortOnError: false,
    preview,
    logger: env.LOG_LEVEL === 'silent' ? false : new FastifyLogger(fastify.log),
  });
  const routes = preview ? [] : declaredRoutes(controllersOf(app));
  addOptionsHandlers(routes);
  const webApp = preview ? undefined : Console.built();
  installHooks(
    fastify,
    {
      origin: publicOrigin(env),
      ownOrigins: publicOrigins(env),
      corsOrigins: env.CORS_ORIGINS,
      routes,
    },
    preview ? { onSend: [], onResponse: [] } : { ...featureHooks(app, webApp), onRequest },
  );
  webApp?.serve(fastify);
  app.useGlobalPipes(new InputPipe());
  if (!preview && servesDocs(env)) {
    serveApiDocs(app);
    Guides.built()?.serve(fastify);
  }
  return app;
}

/** What features do around every request, each in this order; where it stands in the whole, http/hooks.ts says. */
function featureHooks(app: NestFastifyApplication, webApp: Console | undefined): FeatureHooks {
  const { supportedMethods } = app.getHttpAdapter().getInstance();
  return {
    onSend: [keepAnswersPrivate, warnOfKeys, app.get(OpenAttempts).settle],
    onResponse: [app.get(Metrics).observe(supportedMethods)],
    answerUnknown: webApp?.answerUnknown,
  };
}

function controllersOf(app: NestFastifyApplication): Type[] {
  const controllers = app.get(DiscoveryService).getControllers();
  return controllers.flatMap(({ metatype }) => (metatype ? [metatype as Type] : []));
}
