import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Readable } from 'node:stream';
import { KEY_TYPE_LABELS, type KeyType } from '../access/key-types.js';
import type { Membership } from '../access/principal.js';
import { UnsupportedMediaType } from '../common/errors.js';
import { parseId } from '../common/ids.js';
import { ENV } from '../config/config.module.js';
import type { Env } from '../config/env.js';
import { publicOrigin } from '../config/public-origin.js';
import { noEnabledKey } from '../provider-keys/usable-keys.js';
import type { PassedAnswer, ProviderRequest } from './outbound/provider-call.js';
import { ProviderCallError } from './outbound/provider-call-error.js';
import { ProviderCallsService } from './provider-calls.service.js';
import { CallNotAllowed, PROVIDER_STATUS } from './provider-errors.js';
import { rawBodyOf } from '../http/bodies/raw-bodies.js';
import { sentPath } from '../common/request-target.js';
import { refusalOf, refusalOfError } from './refusals.js';

/** Names another key than the preferred one, by its id. */
const KEY_HEADER = 'cryptocomply-provider-key';

/** `/api/orgs/{org_pk}/providers/{key_type}` and, byte for byte, what is behind it. */
const PLACE = /^\/api\/orgs\/\d+\/providers\/([A-Z])(\/.*)$/;

/** Carries one of our requests to a provider and its answer back, both streaming but for what is short. */
@Injectable()
export class PassThrough {
  private readonly origin: string;

  constructor(
    private readonly calls: ProviderCallsService,
    @Inject(ENV) env: Env,
  ) {
    this.origin = publicOrigin(env);
  }

  /** Answers the request itself. Errors: those of ProviderCallsService, and the refusals of the contract, §5. */
  async carry(member: Membership, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const callsUrl = `${this.origin}/api/orgs/${member.organizationId}/providers/`;
    const { keyType, target } = placeOf(request, callsUrl);
    const { body, contentType } = rawBodyOf(request);
    if (body) assertPlain(request);
    const outgoing: ProviderRequest = {
      method: request.method,
      target,
      headers: { ...request.headers, 'content-type': contentType },
      body,
    };
    const gone = new AbortController();
    reply.raw.once('close', () => reply.raw.writableFinished || gone.abort());
    try {
      const keyId = namedKey(request);
      const answer = await this.calls.send(member, keyType, outgoing, { keyId, signal: gone.signal });
      if (!answer.passed) throw refusalOf(answer);
      await pass(answer, reply);
    } catch (error) {
      if (reply.raw.destroyed) return void reply.hijack(); // nobody is there to be answered
      // what is left of the body is not read: the next request can't come on this connection
      if (!request.raw.complete) void reply.header('Connection', 'close');
      throw error instanceof ProviderCallError ? refusalOfError(error, contentType, callsUrl) : error;
    }
  }
}

/** The router matches decoded paths; what goes forward is taken from the path as it was sent, or not at all. */
function placeOf(request: FastifyRequest, callsUrl: string): { keyType: KeyType; target: string } {
  const [, keyType = '', target = ''] = PLACE.exec(sentPath(request)) ?? [];
  if (!Object.hasOwn(KEY_TYPE_LABELS, keyType)) throw new CallNotAllowed(callsUrl);
  return { keyType: keyType as KeyType, target };
}

/** A body goes forward as plain JSON, so a coded one would arrive as something else. Errors: UnsupportedMediaType. */
function assertPlain({ headers }: FastifyRequest): void {
  const coding = headers['content-encoding']?.trim() ?? '';
  if (coding !== '' && coding.toLowerCase() !== 'identity') throw new UnsupportedMediaType(coding);
}

function namedKey({ headers }: FastifyRequest): number | undefined {
  const name = headers[KEY_HEADER];
  if (name === undefined) return undefined;
  const id = parseId(name);
  if (id === undefined) throw noEnabledKey();
  return id;
}

async function pass({ status, headers, body }: PassedAnswer, reply: FastifyReply): Promise<void> {
  const streams = !Buffer.isBuffer(body);
  if (streams) await firstBytes(body);
  const empty = status === 204 || (!streams && body.length === 0);
  void reply
    .code(status)
    .headers({ ...headers, 'Cache-Control': 'no-store', [PROVIDER_STATUS]: String(status) })
    .send(empty ? undefined : body);
  if (streams && empty) body.resume();
}

/** Resolves when there is something to pass on: a body that fails before can still be told in our words. */
function firstBytes(body: Readable): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => (): void => {
      body.off('readable', ready).off('error', failed);
      act();
    };
    const ready = settle(resolve);
    const failed = (error: Error): void => settle(() => reject(error))();
    body.once('readable', ready).once('error', failed);
  });
}
