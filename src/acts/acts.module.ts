import { Global, Module } from '@nestjs/common';
import { Acts } from './acts.js';
import { ExpiredClaims } from './expired-claims.js';
import { MadeThings } from './made.js';

/** Global: every feature that writes makes its changes through it. */
@Global()
@Module({ providers: [Acts, MadeThings, ExpiredClaims], exports: [Acts, MadeThings] })
export class ActsModule {}
