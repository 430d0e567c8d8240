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

let lookup;
answerProbes(require('pg'), { roundTrip });

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
    lookup = this.modules.get(CredentialLookup, { strict: false });
    if (process.env.GROUPING === 'off') await ungroup();
  }
}
Reflect.defineMetadata('design:paramtypes', [ModuleRef], BenchModule);
Module({ controllers: [BenchController] })(BenchModule);

/** The lookup's statement and its name, learned from one use of it. */
async function learnStatement() {
  const { statements } = lookup;
  const learned = await new Promise((resolve) => {
    statements.query = async (...statement) => {
      resolve(statement);
      return [];
    };
    void lookup.accessKey('-', { org: undefined, address: null });
  });
  delete statements.query;
  return learned.slice(0, 2);
}

/** From now on the statement is sent for every request alone. */
async function ungroup() {
  const statement = await learnStatement();
  lookup.accessKey = async (id, { org, address }) =>
    (await lookup.statements.query(...statement, [[id], [org ?? null], [address]]))[0];
}

/** Median milliseconds of the statement alone: one after another, each of another key, with nothing else going on. */
async function roundTrip() {
  const { statements } = lookup;
  const statement = await learnStatement();
  const keys = await statements.query('bench', 'SELECT prefix FROM access_keys LIMIT 1000', []);
  const milliseconds = [];
  for (const { prefix } of keys) {
    const start = performance.now();
    await statements.query(...statement, [[prefix], [null], [null]]);
    milliseconds.push(performance.now() - start);
  }
  return milliseconds.sort((a, b) => a - b)[Math.floor(milliseconds.length / 2)];
}

const { of } = AppModule;
AppModule.of = (env) => {
  const app = of(env);
  return { ...app, imports: [...app.imports, BenchModule] };
};
await import('../../dist/src/main.js');
