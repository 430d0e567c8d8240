import { Module } from '@nestjs/common';
import { CallSummariesModule } from '../call-summaries/call-summaries.module.js';
import { timeOfDay } from '../common/clock.js';
import { ENV } from '../config/config.module.js';
import type { Env } from '../config/env.js';
import { ProviderKeysModule } from '../provider-keys/provider-keys.module.js';
import { ProviderTransport } from './outbound/provider-transport.js';
import { PassThrough } from './pass-through.js';
import { PassThroughController } from './pass-through.controller.js';
import { ProviderCallMetrics } from './provider-call-metrics.js';
import { ProviderCallsService } from './provider-calls.service.js';
import { ProvidersController } from './providers.controller.js';
import { ProviderChecksController } from './provider-checks.controller.js';

/** Calls to the providers on behalf of organizations. */
@Module({
  imports: [ProviderKeysModule, CallSummariesModule],
  controllers: [ProviderChecksController, ProvidersController, PassThroughController],
  providers: [
    {
      provide: ProviderTransport,
      inject: [ENV],
      useFactory: ({ PROVIDER_BASE_URLS: baseUrls = {} }: Env) =>
        new ProviderTransport({ baseUrls, timeOfDayMs: timeOfDay }),
    },
    ProviderCallMetrics,
    ProviderCallsService,
    PassThrough,
  ],
  exports: [ProviderCallsService],
})
export class ProviderCallsModule {}
