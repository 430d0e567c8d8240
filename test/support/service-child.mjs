// Run by service-process.ts as a process of its own: the whole service on a free port, whose address it tells in one line.
import { requireTypeScript } from './typescript-hook.mjs';

const require = requireTypeScript(import.meta.url);
const { createApp } = require('../../src/app.ts');
const { readEnv } = require('../../src/config/env.ts');
const app = await createApp(readEnv());
await app.listen(0, '127.0.0.1');
console.log(`http://127.0.0.1:${app.getHttpServer().address().port}`);
