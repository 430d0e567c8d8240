import Module from 'node:module';

type Resolve = (request: string, ...rest: unknown[]) => string;

/**
 * Once a run, before any spec: one PostgreSQL with one migrated template database. The specs' workers inherit its
 * variables. Who runs Jest again and again (test/mutation/) brings one for all runs, in the same variables.
 */
export default async function globalSetup(): Promise<void> {
  if (process.env['TEST_SUPERUSER_URL']) return;
  // Jest transpiles what this file loads but does not apply moduleNameMapper here, so `./x.js` has to find `./x.ts` by itself.
  const resolver = Module as unknown as { _resolveFilename: Resolve };
  const resolve = resolver._resolveFilename;
  resolver._resolveFilename = (request, ...rest) => {
    try {
      return resolve.call(Module, request, ...rest);
    } catch (error) {
      if (!/^\.{1,2}\/.*\.js$/.test(request)) throw error;
      return resolve.call(Module, request.replace(/\.js$/, '.ts'), ...rest);
    }
  };
  const { startTestServer } = await import('./test-server.js');
  const server = await startTestServer();
  Object.assign(globalThis, { stopTestServer: server.stop });
}
