// Lets a plain Node process require the service's TypeScript, as Jest does: decorators, `.js` for `.ts`.
import { readFileSync } from 'node:fs';
import Module, { createRequire } from 'node:module';
import { transformSync } from '@swc/core';

const swc = {
  swcrc: false,
  sourceMaps: 'inline',
  jsc: {
    target: 'es2022',
    keepClassNames: true,
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
  },
  module: { type: 'commonjs' },
};

/** `require`, from the file with this URL. */
export function requireTypeScript(url) {
  const require = createRequire(url);
  require.extensions['.ts'] = (module, filename) =>
    module._compile(transformSync(readFileSync(filename, 'utf8'), { ...swc, filename }).code, filename);
  const resolve = Module._resolveFilename;
  Module._resolveFilename = (request, parent, ...rest) =>
    resolve(
      parent?.filename?.endsWith('.ts') ? request.replace(/^(\..*)\.js$/, '$1.ts') : request,
      parent,
      ...rest,
    );
  return require;
}
