import { trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { registerInstrumentations } from '@opentelemetry/instrumentation';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { PgInstrumentation } from '@opentelemetry/instrumentation-pg';
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici';
import { defaultResource, resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import type { onRequestHookHandler } from 'fastify';
import { createRequire } from 'node:module';
import type { TracingEnv } from '../config/env.js';
import { version } from '../config/version.js';
import { InboundPropagator } from './inbound-propagator.js';
import { RedactingExporter } from './redacting-exporter.js';

/** A collector that is slower than this (milliseconds) doesn't get the batch: the service must end in order all the same. */
const EXPORT_MS = 3_000;

/** The tracing of this process. */
export interface Tracing {
  /** Gives the span of a request the name of its route. */
  readonly nameSpan: onRequestHookHandler;
  /** Sends what is left; never rejects. */
  close(): Promise<void>;
}

/**
 * Traces requests, statements and calls to providers, and sends the spans by OTLP over HTTP. Must be called before anything
 * that is traced is loaded. `onTrouble` hears, once until it is over, that spans can't be sent.
 */
export function startTracing(env: TracingEnv, onTrouble: (cause: string) => void): Tracing {
  let troubled = false;
  const exporter = new OTLPTraceExporter({
    url: `${env.OTEL_EXPORTER_OTLP_ENDPOINT.replace(/\/$/, '')}/v1/traces`,
    headers: env.OTEL_EXPORTER_OTLP_HEADERS,
    timeoutMillis: EXPORT_MS,
  });
  const spans = new RedactingExporter(exporter, (problem) => {
    if (problem && !troubled) onTrouble(problem.message);
    troubled = problem !== undefined;
  });
  const provider = new NodeTracerProvider({
    resource: defaultResource().merge(
      resourceFromAttributes({ 'service.name': env.OTEL_SERVICE_NAME, 'service.version': version() }),
    ),
    spanProcessors: [new BatchSpanProcessor(spans, { exportTimeoutMillis: EXPORT_MS })],
  });
  provider.register({ propagator: new InboundPropagator(env.OTEL_PROPAGATORS === 'tracecontext') });
  registerInstrumentations({
    tracerProvider: provider,
    instrumentations: [
      new HttpInstrumentation({ disableOutgoingRequestInstrumentation: true }),
      new PgInstrumentation({ requireParentSpan: true }),
      new UndiciInstrumentation({ requireParentforSpans: true }),
    ],
  });
  // What they wrap is wrapped when it is required, and by ESM's imports it never is.
  const require = createRequire(import.meta.url);
  for (const traced of ['node:http', 'pg']) require(traced);
  return { nameSpan, close: () => provider.shutdown().catch(() => undefined) };
}

const nameSpan: onRequestHookHandler = (request, _reply, done) => {
  const span = trace.getActiveSpan();
  const route = request.routePath ?? 'unknown';
  span
    ?.updateName(`${request.method} ${route}`)
    .setAttributes({ 'http.route': route, request_id: request.id });
  done();
};
