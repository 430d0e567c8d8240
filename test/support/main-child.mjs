// Run by service-process.ts as a process of its own: the service as src/main.ts runs it. With WEB_CONCURRENCY above 1 it
// tells the process id of each worker that listens, one a line.
import cluster from 'node:cluster';
import { requireTypeScript } from './typescript-hook.mjs';

const require = requireTypeScript(import.meta.url);
const { runTraced } = require('../../src/process/traced.ts');
cluster.on('listening', (worker) => console.log(worker.process.pid));
await runTraced();
