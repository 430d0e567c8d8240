// A process of its own that does what `cli keyring rotate` does: tells when it begins, and the result, a line each.
import { requireTypeScript } from './typescript-hook.mjs';

const require = requireTypeScript(import.meta.url);
const { NestFactory } = require('@nestjs/core');
const { AppModule } = require('../../src/app.module.ts');
const { readEnv } = require('../../src/config/env.ts');
const { KeyRingRotation } = require('../../src/provider-keys/key-ring-rotation.ts');
const app = await NestFactory.createApplicationContext(AppModule.of(readEnv()), { logger: ['error'] });
console.log('begins');
console.log(JSON.stringify(await app.get(KeyRingRotation, { strict: false }).run()));
await app.close();
