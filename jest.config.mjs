// The app is ESM; Jest runs it as CommonJS: @swc/jest rewrites our TypeScript and every ESM-only package.
const swc = (syntax) => [
  '@swc/jest',
  {
    swcrc: false,
    sourceMaps: 'inline',
    jsc: {
      target: 'es2022',
      keepClassNames: true,
      parser: { syntax, decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
    },
    module: { type: 'commonjs' },
  },
];

const esmOnly = ['@nestjs', '@fastify', 'cookie', 'content-disposition', 'jose', 'oauth4webapi'];

export default {
  testEnvironment: 'node',
  workerIdleMemoryLimit: '1500MB', // every file leaves the whole service behind: a worker that holds too much begins anew
  maxWorkers: 2, // specs wait for PostgreSQL and for processes as much as they compute
  roots: ['<rootDir>/src', '<rootDir>/test'],
  testRegex: '\\.spec\\.ts$',
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: { '^.+\\.ts$': swc('typescript'), '^.+\\.m?js$': swc('ecmascript') },
  transformIgnorePatterns: [`/node_modules/(?!(${esmOnly.join('|')})/)`],
  globalSetup: '<rootDir>/test/support/global-setup.ts',
  globalTeardown: '<rootDir>/test/support/global-teardown.ts',
  testTimeout: 120_000, // for a hang, on a machine that is busy with other things too; no promise about speed
};
