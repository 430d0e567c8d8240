import type { FastifyInstance } from 'fastify';
import { collectDefaultMetrics, Counter, Histogram, Registry } from 'prom-client';

/** What this process counts. Labels are bounded: route patterns, methods and statuses, never ids, keys or addresses. */
export class Metrics {
  readonly registry = new Registry();
  private readonly duration = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Seconds from the arrival of a request to the end of its answer.',
    labelNames: ['method', 'route', 'status'] as const,
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [this.registry],
  });
  private readonly refusals = new Counter({
    name: 'http_refusals_total',
    help: 'Requests refused with 401, 403 or 429.',
    labelNames: ['status'] as const,
    registers: [this.registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  /** Observes every answer of this server. */
  observe(fastify: FastifyInstance): void {
    const methods = new Set(fastify.supportedMethods);
    fastify.addHook('onResponse', (request, reply, done) => {
      const status = String(reply.statusCode);
      const route = request.routePath ?? 'unknown';
      const method = methods.has(request.method) ? request.method : 'OTHER';
      this.duration.observe({ method, route, status }, reply.elapsedTime / 1000);
      if (['401', '403', '429'].includes(status)) this.refusals.inc({ status });
      done();
    });
  }
}
