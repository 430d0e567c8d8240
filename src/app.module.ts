import { type DynamicModule, Module } from '@nestjs/common';
import { ActsModule } from './acts/acts.module.js';
import { APP_FILTER } from '@nestjs/core';
import { ApiAccessKeysModule } from './api-access-keys/api-access-keys.module.js';
import { AttentionModule } from './attention/attention.module.js';
import { AuditModule } from './audit/audit.module.js';
import { CallSummariesModule } from './call-summaries/call-summaries.module.js';
import { ChecksModule } from './checks/checks.module.js';
import { ChoicesModule } from './choices/choices.module.js';
import { StopSignalModule } from './common/background/stop-signal.js';
import { ConfigModule } from './config/config.module.js';
import type { Env } from './config/env.js';
import { DatabaseModule } from './database/database.module.js';
import { GuardsModule } from './guards/guards.module.js';
import { ErrorFilter } from './http/error.filter.js';
import { Lookups } from './http/lookups.js';
import { HealthModule } from './health/health.module.js';
import { McpModule } from './mcp/mcp.module.js';
import { MetricsModule } from './metrics/metrics.module.js';
import { RateLimitsModule } from './rate-limits/rate-limits.module.js';
import { OrganizationsModule } from './organizations/organizations.module.js';
import { ProviderCallsModule } from './provider-calls/provider-calls.module.js';
import { ProviderKeysModule } from './provider-keys/provider-keys.module.js';

/** The list of modules. */
@Module({})
export class AppModule {
  static of(env: Env): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ConfigModule.of(env),
        StopSignalModule,
        DatabaseModule,
        AuditModule,
        ActsModule,
        RateLimitsModule,
        GuardsModule, // brings AuthModule, and that UsersModule
        OrganizationsModule,
        ProviderKeysModule,
        CallSummariesModule,
        ProviderCallsModule,
        ChoicesModule,
        ApiAccessKeysModule,
        AttentionModule,
        ChecksModule,
        McpModule,
        HealthModule,
        MetricsModule,
      ],
      providers: [Lookups, { provide: APP_FILTER, useClass: ErrorFilter }],
    };
  }
}
