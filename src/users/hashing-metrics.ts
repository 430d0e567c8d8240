import { Injectable } from '@nestjs/common';
import { Gauge } from 'prom-client';
import { MetricRegistry } from '../common/metric-registry.js';
import { PasswordHasher } from './password-hasher.js';

/** How many logins wait for a core: a queue that stays is a flood, or too few cores. */
@Injectable()
export class HashingMetrics {
  constructor(registry: MetricRegistry, hasher: PasswordHasher) {
    new Gauge({
      name: 'hashing_queue_length',
      help: 'Password hashes that wait for a thread.',
      registers: [registry],
      collect() {
        this.set(hasher.waiting);
      },
    });
  }
}
