import proxyAddr from '@fastify/proxy-addr';
import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { NotAGateway } from '../common/errors.js';
import { ENV } from '../config/config.module.js';
import type { Env } from '../config/env.js';

/** Who may ask on behalf of others: the peers in TRUSTED_PROXIES, whose word is also taken for where a request came from. */
@Injectable()
export class Gateways {
  private readonly trusts: (address: string, hops: number) => boolean;

  constructor(@Inject(ENV) { TRUSTED_PROXIES }: Env) {
    this.trusts = TRUSTED_PROXIES.length > 0 ? proxyAddr.compile([...TRUSTED_PROXIES]) : () => false;
  }

  /** Errors: NotAGateway unless the connection itself comes from one; what headers say doesn't count. */
  mustBeOne({ raw }: FastifyRequest): void {
    const { remoteAddress } = raw.socket;
    if (remoteAddress === undefined || !this.trusts(remoteAddress, 0)) throw new NotAGateway();
  }
}
