import { type Attributes, SpanKind } from '@opentelemetry/api';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-node';

/** What a span may tell of what it stands for. Whatever else an instrumentation notes (paths, queries, addresses) stays here. */
const OF_REQUESTS = new Set([
  'request_id',
  'http.request.method',
  'http.route',
  'http.response.status_code',
  'network.protocol.version',
  'error.type',
]);
const OF_OTHERS = new Set([
  'http.request.method',
  'http.response.status_code',
  'server.address', // of a request to us it would be what the caller calls us
  'server.port',
  'db.system.name',
  'db.namespace',
  'db.query.text', // the statement without its values, which are bound
  'error.type',
]);

type Spans = Parameters<SpanExporter['export']>[0];

/**
 * Sends spans on with nothing in them but their names, which are our own words (a route, a statement's name), and what is
 * listed above: as in the request log, what a caller sends by mistake can't end up there (docs/adr/0051). Events and the
 * words of errors are left out whole, for they quote values.
 */
export class RedactingExporter implements SpanExporter {
  /** `onResult` is told after each batch whether it was taken. */
  constructor(
    private readonly exporter: SpanExporter,
    private readonly onResult: (problem: Error | undefined) => void,
  ) {}

  export(spans: Spans, done: Parameters<SpanExporter['export']>[1]): void {
    this.exporter.export(spans.map(redacted), (result) => {
      this.onResult(result.code === 0 ? undefined : (result.error ?? new Error('The exporter failed.')));
      done(result);
    });
  }

  shutdown(): Promise<void> {
    return this.exporter.shutdown();
  }

  forceFlush(): Promise<void> {
    return this.exporter.forceFlush?.() ?? Promise.resolve();
  }
}

function redacted(span: ReadableSpan): ReadableSpan {
  return {
    name: span.name,
    kind: span.kind,
    spanContext: () => span.spanContext(),
    ...(span.parentSpanContext && { parentSpanContext: span.parentSpanContext }),
    startTime: span.startTime,
    endTime: span.endTime,
    duration: span.duration,
    ended: span.ended,
    status: { code: span.status.code },
    attributes: allowed(span.attributes, span.kind === SpanKind.SERVER ? OF_REQUESTS : OF_OTHERS),
    links: [],
    events: [],
    resource: span.resource,
    instrumentationScope: span.instrumentationScope,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}

function allowed(attributes: Attributes, names: ReadonlySet<string>): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => names.has(name)));
}
