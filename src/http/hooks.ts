import cookie from '@fastify/cookie';
import type {
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  onRequestHookHandler,
  onResponseHookHandler,
  onSendHookHandler,
} from 'fastify';
import { shapeAnswers } from './answers.js';
import { judgeBodyHeaders } from './bodies/body-headers.js';
import { installBodyParsers } from './bodies/body-parsers.js';
import { refuseOtherThanJson } from './bodies/json-only.js';
import { keepRawBodies } from './bodies/raw-bodies.js';
import { endConnectionsWhenClosing, partWithConnections } from './closing.js';
import { answerPreflight, installCors } from './cors.js';
import { readForwardedAddresses } from './forwarded-addresses.js';
import { nameIgnoredParameters } from './ignored-parameters.js';
import { plainJsonType } from './json-type.js';
import { noteRoutePath, Paths } from './paths.js';
import { judgeHeadsOurselves, refuseBadHeads } from './request-head.js';
import { answerRequestId } from './request-id.js';
import type { DeclaredRoute } from './declared-routes.js';
import { refuseForeigners } from './own-host.js';
import { sendSecurityHeaders } from './security-headers.js';
import { refuseTunnels } from './unreadable-requests.js';

export interface HttpSettings {
  /** Where clients reach the service: links are made of it. */
  readonly origin: string;
  /** Every origin that our own pages may come from. */
  readonly ownOrigins: readonly string[];
  /** Origins of other sites whose pages may read answers. */
  readonly corsOrigins: readonly string[];
  readonly routes: readonly DeclaredRoute[];
}

/** What features do around every request. */
export interface FeatureHooks {
  readonly onRequest?: onRequestHookHandler | undefined;
  readonly onSend: readonly onSendHookHandler[];
  readonly onResponse: readonly onResponseHookHandler[];
  /** Answers a path that no route declares; false: it didn't, and it is a 404. */
  readonly answerUnknown?: ((request: FastifyRequest, reply: FastifyReply) => boolean) | undefined;
}

/**
 * Everything that happens to a request outside its guards and its handler, in the order in which it happens. Call it
 * before the routes are registered.
 */
export function installHooks(fastify: FastifyInstance, settings: HttpSettings, features: FeatureHooks): void {
  const paths = new Paths(fastify);
  readForwardedAddresses(fastify);
  judgeHeadsOurselves(fastify.server);
  refuseTunnels(fastify.server);

  // A request has arrived: what every answer carries, then what is refused before anybody asks who is calling.
  fastify.addHook('onRequest', noteRoutePath);
  fastify.addHook('onRequest', answerRequestId);
  if (features.onRequest) fastify.addHook('onRequest', features.onRequest);
  fastify.addHook('onRequest', sendSecurityHeaders);
  fastify.addHook('onRequest', refuseBadHeads); // 400, 417
  installCors(fastify, settings.corsOrigins, paths);
  if (features.answerUnknown) fastify.addHook('onRequest', paths.unlessDeclared(features.answerUnknown));
  fastify.addHook('onRequest', paths.refuseUndeclaredMethods); // 404, 405
  fastify.addHook('onRequest', answerPreflight);
  fastify.addHook('onRequest', paths.answerOptionsOfFiles);
  fastify.addHook('onRequest', refuseForeigners(settings)); // 403
  fastify.addHook('onRequest', judgeBodyHeaders); // 413, 415
  fastify.addHook('onRequest', refuseOtherThanJson); // 415
  fastify.addHook('onRequest', keepRawBodies);
  void fastify.register(cookie);

  // Its body is read (413, 415, 400); then guards, pipes and the handler: app.module.ts.
  installBodyParsers(fastify);

  // An answer is made, or an error was (error.filter.ts).
  fastify.addHook('preSerialization', shapeAnswers(settings.origin));
  fastify.addHook('onSend', plainJsonType);
  fastify.addHook('onSend', nameIgnoredParameters(settings.routes));
  for (const hook of features.onSend) fastify.addHook('onSend', hook);
  fastify.addHook('onSend', partWithConnections);

  // It was sent.
  for (const hook of features.onResponse) fastify.addHook('onResponse', hook);
  fastify.addHook('onResponse', endConnectionsWhenClosing(fastify));
}
