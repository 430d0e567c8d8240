import { AREAS } from './test/mutation/areas.mjs';

// One area of the security core, named by MUTATION_AREA: `npm run test:mutation` goes through all of them.
const name = process.env.MUTATION_AREA ?? 'keys';
const area = AREAS[name];
if (!area) throw new Error(`MUTATION_AREA is one of ${Object.keys(AREAS).join(', ')}.`);

export default {
  mutate: area.mutate,
  testRunner: 'spec-by-spec',
  plugins: ['@stryker-mutator/jest-runner', './test/mutation/spec-by-spec.mjs'],
  jest: {
    configFile: 'jest.config.mjs',
    config: {
      testRegex: area.specs.map((spec) => `/test/${spec}\\.spec\\.ts$`),
      testTimeout: 20_000,
      filter: '<rootDir>/test/mutation/only-one-spec.cjs',
    },
    enableFindRelatedTests: false, // an area has few specs: asking Jest which of them matter would take longer
  },
  coverageAnalysis: 'perTest',
  concurrency: 2,
  timeoutMS: 20_000,
  maxTestRunnerReuse: 25, // the whole service in one process again and again leaves memory behind
  thresholds: { high: 95, low: 85, break: 85 },
  reporters: ['clear-text', 'json'],
  jsonReporter: { fileName: `reports/mutation/${name}.json` },
  clearTextReporter: { allowColor: false, reportTests: false, reportScoreTable: false },
  ignorePatterns: ['bench', 'coverage', 'dist/src', '.ci', '.data'],
};
