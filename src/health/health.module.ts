import { Module } from '@nestjs/common';
import { ProviderKeysModule } from '../provider-keys/provider-keys.module.js';
import { HealthController } from './health.controller.js';
import { HealthService } from './health.service.js';

/** Probes for whoever runs the service. */
@Module({ imports: [ProviderKeysModule], controllers: [HealthController], providers: [HealthService] })
export class HealthModule {}
