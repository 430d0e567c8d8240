// Run by service-process.ts as a process of its own: the service as src/main.ts runs it, which on SIGUSR1 leaves a rejection
// unhandled and on SIGUSR2 throws where nobody catches. Tells its log.
import { requireTypeScript } from './typescript-hook.mjs';

const require = requireTypeScript(import.meta.url);
const { runService } = require('../../src/process/service.ts');
process.on('SIGUSR1', () => void Promise.reject(new TypeError('nobody awaited this')));
process.on('SIGUSR2', () => {
  throw new TypeError('nobody caught this');
});
await runService();
console.log('listening');
