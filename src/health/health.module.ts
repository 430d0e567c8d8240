import { Module } from '@nestjs/common';
import { HealthController } from './health.controller.js';
import { HealthService } from './health.service.js';

/** Probes for whoever runs the service. */
@Module({ controllers: [HealthController], providers: [HealthService] })
export class HealthModule {}
