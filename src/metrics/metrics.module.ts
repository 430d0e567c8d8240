import { Global, Module } from '@nestjs/common';
import { Metrics } from './metrics.js';
import { MetricsController } from './metrics.controller.js';
import { MetricsService } from './metrics.service.js';

/** Figures for Prometheus. Global: features register their own on `Metrics.registry`. */
@Global()
@Module({ controllers: [MetricsController], providers: [Metrics, MetricsService], exports: [Metrics] })
export class MetricsModule {}
