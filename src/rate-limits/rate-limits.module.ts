import { Global, Module } from '@nestjs/common';
import { BadKeyLimit, KnownPlaces } from '../access/limits.js';
import { BadKeys } from './bad-keys.js';
import { ExpiredCounters } from './expired-counters.js';
import { LoginPlaces } from './login-places.js';
import { OpenAttempts } from './open-attempts.js';
import { RateLimits } from './rate-limits.js';

/**
 * Counts what handlers limit with `@RateLimited()`; guards.module.ts says when the two guards of this folder judge. Global
 * for what other features tell it: of bad keys, and of proven owners.
 */
@Global()
@Module({
  providers: [
    RateLimits,
    OpenAttempts,
    ExpiredCounters,
    { provide: BadKeyLimit, useClass: BadKeys },
    { provide: KnownPlaces, useClass: LoginPlaces },
  ],
  exports: [BadKeyLimit, KnownPlaces, RateLimits, OpenAttempts],
})
export class RateLimitsModule {}
