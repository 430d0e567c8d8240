import { Controller, Get, Module, type Type } from '@nestjs/common';
import { DiscoveryModule, DiscoveryService, MetadataScanner, NestFactory } from '@nestjs/core';
import { Authenticated, Public } from '../../src/access/decorators.js';
import { GuardsModule } from '../../src/guards/guards.module.js';

@Controller('declared')
class Declared {
  @Get('one') @Public() one(): void {}
  @Get('two') @Authenticated() two(): void {}
  helper(): void {}
}

@Controller('forgotten')
class Forgotten {
  @Get('fine') @Public() fine(): void {}
  @Get('one') one(): void {}
  @Get('two') two(): void {}
}

/** What the service does when it starts with these controllers. */
async function start(...controllers: Type[]): Promise<void> {
  @Module({ imports: [DiscoveryModule], controllers })
  class Handlers {}
  const app = await NestFactory.createApplicationContext(Handlers, { logger: false });
  try {
    new GuardsModule(app.get(DiscoveryService), new MetadataScanner()).onModuleInit();
  } finally {
    await app.close();
  }
}

it('a handler without an access decorator keeps the service from starting, and is named (F1)', async () => {
  await expect(start(Declared, Forgotten)).rejects.toThrow(
    'Every handler needs an access decorator (@Public, @Authenticated, …). Without: Forgotten.one, Forgotten.two',
  );
});

it('with all handlers declared it starts; what is no handler needs no decorator (F1)', async () => {
  await expect(start(Declared)).resolves.toBeUndefined();
});

it('two access decorators on one handler are refused while the class is defined', () => {
  expect(() => {
    class Both {
      @Public() @Authenticated() handler(): void {}
    }
    return Both;
  }).toThrow('handler carries more than one access decorator.');
});
