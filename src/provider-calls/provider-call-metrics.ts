import { Injectable } from '@nestjs/common';
import { Counter, Histogram } from 'prom-client';
import { KEY_TYPES, type KeyType } from '../access/key-types.js';
import { monotonicMs } from '../common/clock.js';
import { MetricRegistry } from '../common/metric-registry.js';
import type { ProviderOutcome } from './adapters/adapter.js';

/** Counts what was sent to providers, by key type: each request that the ledger counts, none else. */
@Injectable()
export class ProviderCallMetrics {
  private readonly calls: Counter<'key_type' | 'outcome'>;
  private readonly echoes: Counter<'key_type'>;
  private readonly durations: Histogram<'key_type'>;

  constructor(registry: MetricRegistry) {
    this.calls = new Counter({
      name: 'provider_calls_total',
      help: 'Requests sent to providers, by what came of them.',
      labelNames: ['key_type', 'outcome'] as const,
      registers: [registry],
    });
    this.echoes = new Counter({
      name: 'provider_secret_echoes_total',
      help: 'Answers of providers that repeated the secret they were called with, and were held back or broken off.',
      labelNames: ['key_type'] as const,
      registers: [registry],
    });
    for (const key_type of KEY_TYPES) this.echoes.inc({ key_type }, 0); // so that the first one shows as an increase
    this.durations = new Histogram({
      name: 'provider_call_duration_seconds',
      help: 'Seconds from a request to a provider to the last byte of its answer.',
      labelNames: ['key_type'] as const,
      buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
      registers: [registry],
    });
  }

  /** A request is about to be sent; tell what came of it when its answer is over. */
  begin(keyType: KeyType): (outcome: ProviderOutcome) => void {
    const since = monotonicMs();
    return (outcome) => {
      this.calls.inc({ key_type: keyType, outcome });
      this.durations.observe({ key_type: keyType }, (monotonicMs() - since) / 1000);
    };
  }

  /** An answer repeated the stored secret. */
  echoed(keyType: KeyType): void {
    this.echoes.inc({ key_type: keyType });
  }
}
