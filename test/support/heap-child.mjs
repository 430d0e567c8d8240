// The whole service as a process of its own, which on SIGUSR2 collects garbage, writes a heap snapshot and tells its path.
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setFlagsFromString, writeHeapSnapshot } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { requireTypeScript } from './typescript-hook.mjs';

const require = requireTypeScript(import.meta.url);
const { createApp } = require('../../src/app.ts');
const { readEnv } = require('../../src/config/env.ts');
const app = await createApp(readEnv());
await app.listen(0, '127.0.0.1');
console.log(`http://127.0.0.1:${app.getHttpServer().address().port}`);

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');
process.on('SIGUSR2', () => {
  collect();
  collect();
  console.log(writeHeapSnapshot(path.join(tmpdir(), `cryptocomply-${process.pid}.heapsnapshot`)));
});
