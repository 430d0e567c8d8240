import { Module, type OnApplicationShutdown } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { StopSignal, StopSignalModule } from '../../src/common/background/stop-signal.js';

it('is given when an application begins to end, before any part of it shuts down', async () => {
  const given: boolean[] = [];

  @Module({ imports: [StopSignalModule] })
  class Application implements OnApplicationShutdown {
    constructor(readonly stop: StopSignal) {}

    onApplicationShutdown(): void {
      given.push(this.stop.signal.aborted);
    }
  }

  const context = await NestFactory.createApplicationContext(Application, { logger: false });
  expect(context.get(StopSignal).signal.aborted).toBe(false);
  await context.close();
  expect(given).toEqual([true]);
});
