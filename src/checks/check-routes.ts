import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyReply, FastifyRequest, onSendHookHandler } from 'fastify';
import { METHODS } from 'node:http';
import { GatewayCheck } from './gateway-check.js';
import { identityHeaders } from './identity-headers.js';
import { type Convention, CONVENTIONS, type Demand } from './original-request.js';

const CHECK = '/api/auth/check';

const DEMAND = '/require/:org/:permission';
/** What follows the address of a convention. Envoy's own demand and the client's path are told apart in original-request.ts. */
const PATHS: Record<Convention, readonly string[]> = {
  nginx: ['', DEMAND],
  forward: ['', DEMAND],
  envoy: ['', '/*'],
};

/**
 * The addresses that gateways ask at, on Fastify itself: every request to every service behind a gateway comes by here, and
 * Nest's road to a handler costs more than the judgement. So no guard runs; GatewayCheck is the guard.
 */
@Injectable()
export class CheckRoutes implements OnModuleInit {
  constructor(
    private readonly http: HttpAdapterHost,
    private readonly check: GatewayCheck,
  ) {}

  onModuleInit(): void {
    // At the command line there is no adapter, whatever its type says.
    if (!(this.http.httpAdapter as unknown)) return;
    const fastify = this.http.httpAdapter.getInstance<FastifyInstance>();
    takeAnyMethod(fastify);
    for (const convention of Object.keys(CONVENTIONS) as Convention[]) {
      for (const path of PATHS[convention]) {
        fastify.route<{ Params: Demand }>({
          method: fastify.supportedMethods,
          url: `${CHECK}/${convention}${path}`,
          config: { rawBody: true }, // of Envoy's, the client's own: it is none of our business
          handler: (request, reply) => this.answer(convention, request, reply),
          ...(convention === 'nginx' && { onSend: refuseForNginx }),
        });
      }
    }
  }

  private async answer(
    convention: Convention,
    request: FastifyRequest<{ Params: Demand }>,
    reply: FastifyReply,
  ): Promise<void> {
    const proven = await this.check.judge(convention, request);
    await reply.code(204).headers(identityHeaders(proven)).send();
  }
}

/** Whatever Node reads, but for `CONNECT`, which names no path. What no other route declares stays refused there. */
function takeAnyMethod(fastify: FastifyInstance): void {
  const known = new Set([...fastify.supportedMethods, 'CONNECT']);
  for (const method of METHODS) if (!known.has(method)) fastify.addHttpMethod(method, { hasBody: true });
}

/** nginx makes 500 of any refusal but 401 and 403: it gets 403, and the real status in a header that it can restore. */
const refuseForNginx: onSendHookHandler = (_request, reply, _payload, done) => {
  if (reply.statusCode >= 400 && reply.statusCode !== 401) {
    void reply.header('X-Auth-Status', String(reply.statusCode)).code(403);
  }
  done();
};
