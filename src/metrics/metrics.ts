import { Injectable } from '@nestjs/common';
import type { onResponseHookHandler } from 'fastify';
import { collectDefaultMetrics, Counter, Gauge, type Histogram } from 'prom-client';
import { MetricRegistry } from '../common/metric-registry.js';
import { version } from '../config/version.js';
import { refusalCodeOf } from '../http/error.filter.js';
import { RequestDurations } from './request-durations.js';

/** The codes of refusals that alerts wait for: told from 0 on, or Prometheus would take the first for nothing new. */
const ALARMING = ['error', 'service_unavailable', 'authentication_failed'];

/** What this process answers. Labels are bounded: route patterns, methods, statuses and codes, never ids, keys or addresses. */
@Injectable()
export class Metrics {
  private readonly durations = new RequestDurations();
  private readonly refusals: Counter<'code'>;

  constructor(readonly registry: MetricRegistry) {
    collectDefaultMetrics({ register: registry });
    // prom-client asks a metric for nothing but its name and its values; its types know its own classes alone.
    registry.registerMetric(this.durations as unknown as Histogram);
    this.refusals = new Counter({
      name: 'http_refusals_total',
      help: 'Requests answered with an error of docs/errors.md, by its code.',
      labelNames: ['code'] as const,
      registers: [registry],
    });
    for (const code of ALARMING) this.refusals.inc({ code }, 0);
    new Gauge({
      name: 'build_info',
      help: 'The release that answers; always 1.',
      labelNames: ['version'] as const,
      aggregator: 'first',
      registers: [registry],
    }).set({ version: version() }, 1);
  }

  /** A hook that observes every answer of a server which knows these methods. */
  observe(supportedMethods: readonly string[]): onResponseHookHandler {
    const methods = new Set(supportedMethods);
    return (request, reply, done) => {
      const method = methods.has(request.method) ? request.method : 'OTHER';
      this.durations.observe(
        method,
        request.routePath ?? 'unknown',
        reply.statusCode,
        reply.elapsedTime / 1000,
      );
      if (reply.statusCode >= 400) this.countRefusal(refusalCodeOf(reply));
      done();
    };
  }

  /** What a provider answered and we pass on is no refusal of ours. */
  private countRefusal(code: string | undefined): void {
    if (code !== undefined) this.refusals.inc({ code });
  }
}
