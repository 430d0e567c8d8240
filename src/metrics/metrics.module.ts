import { Global, Module } from '@nestjs/common';
import { MetricRegistry } from '../common/metric-registry.js';
import { DatabaseConnections } from './database-connections.js';
import { Metrics } from './metrics.js';
import { MetricsController } from './metrics.controller.js';
import { MetricsService } from './metrics.service.js';

/** Figures for Prometheus. Global: features register their own on the `MetricRegistry`. */
@Global()
@Module({
  controllers: [MetricsController],
  providers: [MetricRegistry, Metrics, MetricsService, DatabaseConnections],
  exports: [MetricRegistry, Metrics],
})
export class MetricsModule {}
