import { Module, type OnModuleInit } from '@nestjs/common';
import { APP_GUARD, DiscoveryModule, DiscoveryService, MetadataScanner } from '@nestjs/core';
import { ACCESS } from '../access/decorators.js';
import { AuthModule } from '../auth/auth.module.js';
import { AddressLimitGuard } from '../rate-limits/address-limit.guard.js';
import { CallerLimitGuard } from '../rate-limits/caller-limit.guard.js';
import { RateLimitsModule } from '../rate-limits/rate-limits.module.js';
import { AccessLevelGuard } from './access-level.guard.js';
import { AuthenticationGuard } from './authentication.guard.js';
import { RolesGuard } from './roles.guard.js';

/**
 * Order is law (contract §1): too often from this address → who are you → may your role → may this key → too often for
 * what it acts on. All guards that judge every request stand here and nowhere else.
 */
const GUARDS = [AddressLimitGuard, AuthenticationGuard, RolesGuard, AccessLevelGuard, CallerLimitGuard];

/** Registers the guards for every handler there is, and refuses to start with a handler that declares no access. */
@Module({
  imports: [RateLimitsModule, AuthModule, DiscoveryModule],
  providers: GUARDS.map((useClass) => ({ provide: APP_GUARD, useClass })),
})
export class GuardsModule implements OnModuleInit {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
  ) {}

  onModuleInit(): void {
    const open = this.discovery.getControllers().flatMap(({ metatype }) => {
      if (!metatype) return [];
      const prototype = metatype.prototype as Record<string, object>;
      return this.scanner
        .getAllMethodNames(prototype)
        .filter(
          (name) => isHandler(prototype[name]) && !Reflect.hasMetadata(ACCESS, prototype[name] as object),
        )
        .map((name) => `${metatype.name}.${name}`);
    });
    if (open.length > 0) {
      throw new Error(
        `Every handler needs an access decorator (@Public, @Authenticated, …). Without: ${open.join(', ')}`,
      );
    }
  }
}

function isHandler(method: object | undefined): boolean {
  return method !== undefined && Reflect.hasMetadata('path', method);
}
