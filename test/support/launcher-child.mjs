// Run by launcher.ts as a process of its own: has an embedded PostgreSQL until its standard input ends, and tells one JSON line.
import { readFileSync } from 'node:fs';
import Module, { createRequire } from 'node:module';
import { transformSync } from '@swc/core';

const require = createRequire(import.meta.url);
const swc = {
  swcrc: false,
  jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
  module: { type: 'commonjs' },
};
require.extensions['.ts'] = (module, file) =>
  module._compile(transformSync(readFileSync(file, 'utf8'), swc).code, file);
const resolve = Module._resolveFilename;
Module._resolveFilename = (request, parent, ...rest) =>
  resolve(
    parent?.filename?.endsWith('.ts') ? request.replace(/^(\..*)\.js$/, '$1.ts') : request,
    parent,
    ...rest,
  );

const { startEmbeddedPostgres } = require('../../src/database/embedded/embedded-postgres.ts');
try {
  const { stop, ...server } = await startEmbeddedPostgres(JSON.parse(process.argv[2]));
  process.on('SIGINT', () => console.log('interrupted')); // before it tells that it is there to be interrupted
  console.log(JSON.stringify({ server }));
  process.stdin.resume().on('end', () => void stop());
} catch (error) {
  console.log(JSON.stringify({ error: error.message }));
}
