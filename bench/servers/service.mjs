// Our service as it is (dist/src/main.js), plus a module with the benchmark's routes: all answer alike and differ in who
// may call them. GROUPING=off replaces the grouped lookup of access keys by one statement per request.
import { createRequire } from 'node:module';
import { ANSWER } from './answer.mjs';
import { answerProbes } from './probe.mjs';

// The service's own Nest and pg, not the benchmark's.
const require = createRequire(new URL('../../package.json', import.meta.url));
const { Controller, Get, Module } = require('@nestjs/common');
const { ModuleRef } = require('@nestjs/core');
const { AppModule } = await import('../../dist/src/app.module.js');
const { Authenticated, Public } = await import('../../dist/src/access/decorators.js');
const { CredentialLookup } = await import('../../dist/src/auth/lookup/credential-lookup.js');

answerProbes(require('pg'));

class BenchController {
  open() {
    return ANSWER;
  }

  closed() {
    return ANSWER;
  }

  member() {
    return ANSWER;
  }
}
Controller('bench')(BenchController);
route('open', 'open', Public());
route('closed', 'closed', Authenticated());
route('orgs/:org_pk', 'member', Authenticated());

function route(path, name, access) {
  const descriptor = Object.getOwnPropertyDescriptor(BenchController.prototype, name);
  for (const decorate of [access, Get(path)]) decorate(BenchController.prototype, name, descriptor);
}

class BenchModule {
  constructor(modules) {
    this.modules = modules;
  }

  async onModuleInit() {
    if (process.env.GROUPING === 'off') await ungroup(this.modules.get(CredentialLookup, { strict: false }));
  }
}
Reflect.defineMetadata('design:paramtypes', [ModuleRef], BenchModule);
Module({ controllers: [BenchController] })(BenchModule);

/** Learns the lookup's statement from one use of it, and from then on sends it for every request alone. */
async function ungroup(lookup) {
  const { statements } = lookup;
  const [name, sql] = await new Promise((resolve) => {
    statements.query = async (...statement) => {
      resolve(statement);
      return [];
    };
    void lookup.accessKey('-', undefined);
  });
  delete statements.query;
  lookup.accessKey = async (id, organization) =>
    (await statements.query(name, sql, [[id], [organization ?? null]]))[0];
}

const { of } = AppModule;
AppModule.of = (env) => {
  const app = of(env);
  return { ...app, imports: [...app.imports, BenchModule] };
};
await import('../../dist/src/main.js');
