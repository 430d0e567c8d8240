import type { onResponseHookHandler } from 'fastify';
import { collectDefaultMetrics, Counter, type Histogram, Registry } from 'prom-client';
import { RequestDurations } from './request-durations.js';

const REFUSALS = [401, 403, 429];

/** What this process counts. Labels are bounded: route patterns, methods and statuses, never ids, keys or addresses. */
export class Metrics {
  readonly registry = new Registry();
  private readonly durations = new RequestDurations();

  constructor() {
    collectDefaultMetrics({ register: this.registry });
    // prom-client asks a metric for nothing but its name and its values; its types know its own classes alone.
    this.registry.registerMetric(this.durations as unknown as Histogram);
    const { durations } = this;
    new Counter({
      name: 'http_refusals_total',
      help: 'Requests refused with 401, 403 or 429.',
      labelNames: ['status'] as const,
      registers: [this.registry],
      collect() {
        this.reset();
        for (const status of REFUSALS) {
          const count = durations.answered(status);
          if (count > 0) this.inc({ status }, count);
        }
      },
    });
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
      done();
    };
  }
}
