import { readFileSync } from 'node:fs';
import { AREAS } from './test/mutation/areas.mjs';

// One area of the security core, named by MUTATION_AREA, or the part of the random sample that MUTATION_SAMPLE names a file
// for: `npm run test:mutation` goes through all of them.
const sample = process.env.MUTATION_SAMPLE && JSON.parse(readFileSync(process.env.MUTATION_SAMPLE, 'utf8'));
const name = process.env.MUTATION_AREA ?? 'keys';
const area = sample
  ? { mutate: Object.keys(sample.specs), specs: Object.values(sample.specs).flat() }
  : AREAS[name];
if (!area) throw new Error(`MUTATION_AREA is one of ${Object.keys(AREAS).join(', ')}.`);

export default {
  mutate: area.mutate,
  testRunner: 'spec-by-spec',
  plugins: [
    '@stryker-mutator/jest-runner',
    './test/mutation/spec-by-spec.mjs',
    ...(sample ? ['./test/mutation/sample-checker.mjs'] : []),
  ],
  ...(sample && { checkers: ['sample'] }),
  jest: {
    configFile: 'jest.config.mjs',
    config: {
      testRegex: area.specs.map((spec) => `/test/${spec}\\.spec\\.ts$`),
      testTimeout: sample ? 120_000 : 20_000,
      filter: '<rootDir>/test/mutation/only-one-spec.cjs',
    },
    enableFindRelatedTests: false, // an area has few specs: asking Jest which of them matter would take longer
  },
  coverageAnalysis: sample?.ownProcess ? 'off' : 'perTest',
  concurrency: sample ? 4 : 2, // of four processes two look which mutants were drawn, and two try them
  dryRunTimeoutMinutes: 60, // a sample's specs are a good part of all, one after another
  timeoutMS: sample ? 60_000 : 20_000, // a sample's specs are HTTP: beside other work they are slow
  maxTestRunnerReuse: 25, // the whole service in one process again and again leaves memory behind
  ...(sample && { testRunnerNodeArgs: ['--max-old-space-size=12000'] }), // every spec leaves the whole service behind
  ...sample?.limits,
  thresholds: { high: 95, low: 85, break: sample ? null : 85 },
  reporters: sample ? ['json'] : ['clear-text', 'json'],
  jsonReporter: { fileName: sample?.report ?? `reports/mutation/${name}.json` },
  clearTextReporter: { allowColor: false, reportTests: false, reportScoreTable: false },
  ignorePatterns: ['bench', 'coverage', 'dist/src', '.ci', '.data'],
};
