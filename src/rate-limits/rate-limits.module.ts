import { Global, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { BadKeyLimit, KnownPlaces } from '../access/limits.js';
import { AddressLimitGuard } from './address-limit.guard.js';
import { BadKeys } from './bad-keys.js';
import { CallerLimitGuard } from './caller-limit.guard.js';
import { ExpiredCounters } from './expired-counters.js';
import { LoginPlaces } from './login-places.js';
import { OpenAttempts } from './open-attempts.js';
import { RateLimits } from './rate-limits.service.js';

/**
 * Enforces the limits that handlers declare with `@RateLimited()`. Stands before GuardsModule in app.module: the address
 * is judged before the credential. Global for what other features tell it: of bad keys, and of proven owners.
 */
@Global()
@Module({
  providers: [
    RateLimits,
    OpenAttempts,
    ExpiredCounters,
    { provide: BadKeyLimit, useClass: BadKeys },
    { provide: KnownPlaces, useClass: LoginPlaces },
    { provide: APP_GUARD, useClass: AddressLimitGuard },
  ],
  exports: [BadKeyLimit, KnownPlaces, RateLimits],
})
export class RateLimitsModule {}

/** The part that stands after GuardsModule in app.module: what a caller acts on is judged when all else was. */
@Module({ providers: [{ provide: APP_GUARD, useClass: CallerLimitGuard }] })
export class CallerLimitsModule {}
