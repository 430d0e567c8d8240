import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { BadKeyLimit } from '../access/limits.js';
import { networkOf } from './network.js';
import { RateLimits } from './rate-limits.js';

/** Bad API keys, by the address that they come from. */
@Injectable()
export class BadKeys extends BadKeyLimit {
  constructor(private readonly limits: RateLimits) {
    super();
  }

  override count(request: FastifyRequest): Promise<unknown> {
    return this.limits.take('bad_key', networkOf(request.ip));
  }
}
