import { type DynamicModule, Module } from '@nestjs/common';
import { ActsModule } from '../acts/acts.module.js';
import { ApiAccessKeysModule } from '../api-access-keys/api-access-keys.module.js';
import { AuditModule } from '../audit/audit.module.js';
import { AuthModule } from '../auth/auth.module.js';
import { StopSignalModule } from '../common/background/stop-signal.js';
import { ConfigModule } from '../config/config.module.js';
import type { Env } from '../config/env.js';
import { DatabaseModule } from '../database/database.module.js';
import { MetricsModule } from '../metrics/metrics.module.js';
import { OrganizationsModule } from '../organizations/organizations.module.js';
import { ProviderKeysModule } from '../provider-keys/provider-keys.module.js';
import { RateLimitsModule } from '../rate-limits/rate-limits.module.js';

/** The modules that commands work with. What answers requests alone is not loaded: it takes longer than most commands. */
@Module({})
export class CommandModule {
  static of(env: Env): DynamicModule {
    return {
      module: CommandModule,
      imports: [
        ConfigModule.of(env),
        StopSignalModule, // which jobs ask for
        DatabaseModule,
        AuditModule,
        ActsModule,
        MetricsModule, // which features tell of themselves
        RateLimitsModule,
        AuthModule,
        OrganizationsModule,
        ProviderKeysModule,
        ApiAccessKeysModule,
      ],
    };
  }
}
