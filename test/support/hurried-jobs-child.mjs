// Run by service-process.ts as a process of its own: the service as src/main.ts runs it, but what comes back every minute or
// more rarely comes back all the time.
const { setInterval } = globalThis;
const MINUTE = 60_000;
globalThis.setInterval = (work, ms, ...rest) => setInterval(work, ms < MINUTE ? ms : 100, ...rest);
await import('./last-resort-child.mjs');
