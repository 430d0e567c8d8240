import type { Context, TextMapGetter, TextMapPropagator } from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';

/**
 * Goes on with the trace that a request names in `traceparent`, if that is to be believed, and names ours to nobody: what we
 * call are third parties.
 */
export class InboundPropagator implements TextMapPropagator {
  private readonly w3c = new W3CTraceContextPropagator();

  constructor(private readonly believed: boolean) {}

  inject(): void {
    // nobody is told
  }

  extract(context: Context, carrier: unknown, getter: TextMapGetter): Context {
    return this.believed ? this.w3c.extract(context, carrier, getter) : context;
  }

  fields(): string[] {
    return this.w3c.fields();
  }
}
