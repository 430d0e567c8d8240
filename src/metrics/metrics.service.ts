import { Inject, Injectable } from '@nestjs/common';
import cluster from 'node:cluster';
import { digestOf, sameDigest } from '../common/crypto/digest.js';
import { NotFound } from '../common/errors.js';
import { ENV } from '../config/config.module.js';
import type { Env } from '../config/env.js';
import { metricsOfAll, shareMetrics } from './metrics-of-all.js';
import { Metrics } from './metrics.js';

/** Hands the figures to whoever may see them. */
@Injectable()
export class MetricsService {
  constructor(
    private readonly metrics: Metrics,
    @Inject(ENV) private readonly env: Env,
  ) {
    if (cluster.isWorker) shareMetrics(metrics.registry);
  }

  /**
   * The figures of all processes as Prometheus text. With METRICS_TOKEN set, and always in production, they need it as a bearer token;
   * without it there is nothing here: NotFound.
   */
  read(authorization: string | undefined): Promise<string> {
    const { METRICS_TOKEN: token, production } = this.env;
    if (token === undefined && production) throw new NotFound();
    const sent = /^bearer (.*)$/i.exec(authorization ?? '')?.[1] ?? '';
    if (token !== undefined && !sameDigest(digestOf(sent), digestOf(token))) throw new NotFound();
    return cluster.isWorker ? metricsOfAll() : this.metrics.registry.metrics();
  }
}
