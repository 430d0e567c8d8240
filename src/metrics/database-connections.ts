import { Inject, Injectable } from '@nestjs/common';
import type { Pool } from 'pg';
import { Gauge } from 'prom-client';
import { DataSource } from 'typeorm';
import { MetricRegistry } from '../common/metric-registry.js';
import { ENV } from '../config/config.module.js';
import type { Env } from '../config/env.js';

const NONE = { totalCount: 0, idleCount: 0, waitingCount: 0 };

/** How the connections to the database are used: statements that wait for one are the first sign of too few. */
@Injectable()
export class DatabaseConnections {
  constructor(registry: MetricRegistry, dataSource: DataSource, @Inject(ENV) env: Env) {
    /** There is none before the first connection and after the last. */
    const pool = (): Pick<Pool, 'totalCount' | 'idleCount' | 'waitingCount'> =>
      (dataSource.driver as unknown as { master?: Pool }).master ?? NONE;
    new Gauge({
      name: 'database_pool_connections',
      help: 'Connections to the database, by what they do.',
      labelNames: ['state'] as const,
      registers: [registry],
      collect() {
        const { totalCount, idleCount } = pool();
        this.set({ state: 'busy' }, totalCount - idleCount);
        this.set({ state: 'idle' }, idleCount);
      },
    });
    new Gauge({
      name: 'database_pool_waiting',
      help: 'Statements that wait for a connection.',
      registers: [registry],
      collect() {
        this.set(pool().waitingCount);
      },
    });
    new Gauge({
      name: 'database_pool_limit',
      help: 'Connections that there may be: DATABASE_POOL_SIZE of every process.',
      registers: [registry],
    }).set(env.DATABASE_POOL_SIZE);
  }
}
