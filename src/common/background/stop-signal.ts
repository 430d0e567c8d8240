import { type BeforeApplicationShutdown, Global, Injectable, Module } from '@nestjs/common';

/** Tells background work that this instance is about to end: no run begins any more, and a long one stops between its batches. */
@Injectable()
export class StopSignal implements BeforeApplicationShutdown {
  private readonly controller = new AbortController();

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  give(): void {
    this.controller.abort();
  }

  beforeApplicationShutdown(): void {
    this.give();
  }
}

@Global()
@Module({ providers: [StopSignal], exports: [StopSignal] })
export class StopSignalModule {}
