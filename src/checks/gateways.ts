import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { NotAGateway } from '../common/errors.js';
import { type TrustProxy, trustedProxies } from '../common/trusted-proxies.js';
import { ENV } from '../config/config.module.js';
import type { Env } from '../config/env.js';

/** Who may ask on behalf of others: the peers in TRUSTED_PROXIES, whose word is also taken for where a request came from. */
@Injectable()
export class Gateways {
  private readonly trusts: TrustProxy;

  constructor(@Inject(ENV) { TRUSTED_PROXIES }: Env) {
    this.trusts = trustedProxies(TRUSTED_PROXIES);
  }

  /** Errors: NotAGateway unless the connection itself comes from one; what headers say doesn't count. */
  mustBeOne({ raw }: FastifyRequest): void {
    const { remoteAddress } = raw.socket;
    if (remoteAddress === undefined || !this.trusts(remoteAddress, 0)) throw new NotAGateway();
  }
}
