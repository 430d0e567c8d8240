// A test runner for Stryker: Jest's own, but a mutant is tried against one spec after another, the quickest first: only against
// those whose tests reach it, and until one of them fails. Stryker's alone loads every spec for every mutant, and the whole service
// with it, and tries all of them to the end, for Jest doesn't stop early (`bail`) where another program calls it.
import { commonTokens, declareFactoryPlugin, PluginKind, tokens } from '@stryker-mutator/api/plugin';
import { DryRunStatus, MutantRunStatus } from '@stryker-mutator/api/test-runner';
import { strykerPlugins as ofJest } from '@stryker-mutator/jest-runner';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';

/** What the first run found, for the processes that try mutants: they share a folder, and nothing else. */
const FOLDER = 'reports/mutation';
const PLACE = `${FOLDER}/tests-of-specs.json`;

class SpecBySpec {
  constructor(jest) {
    this.jest = jest;
  }

  capabilities() {
    return this.jest.capabilities();
  }

  async init() {
    await this.jest.init();
  }

  /** Runs everything once, and keeps which test is in which spec. */
  async dryRun(options) {
    const result = await this.jest.dryRun(options);
    if (result.status === DryRunStatus.Complete) {
      mkdirSync(FOLDER, { recursive: true });
      writeFileSync(PLACE, JSON.stringify(testsOfSpecs(result.tests)));
    }
    return result;
  }

  async mutantRun(options) {
    this.specs ??= JSON.parse(readFileSync(PLACE, 'utf8'));
    const reaching = options.testFilter && new Set(options.testFilter);
    let nrOfTests = 0;
    for (const { spec, tests } of this.specs) {
      const testFilter = reaching && tests.filter((test) => reaching.has(test));
      if (testFilter?.length === 0) continue;
      process.env.MUTATION_SPEC = spec; // for only-one-spec.cjs
      const result = await this.jest.mutantRun({ ...options, testFilter });
      if (result.status !== MutantRunStatus.Survived) return result;
      nrOfTests += result.nrOfTests;
    }
    return { status: MutantRunStatus.Survived, nrOfTests };
  }
}

/** `{spec, tests}` of each spec, the quickest first. */
function testsOfSpecs(tests) {
  const specs = new Map();
  for (const { id, fileName, timeSpentMs } of tests) {
    const of = specs.get(fileName) ?? { spec: fileName, tests: [], ms: 0 };
    specs.set(fileName, { ...of, tests: [...of.tests, id], ms: of.ms + timeSpentMs });
  }
  return [...specs.values()].sort((a, b) => a.ms - b.ms);
}

function specBySpec(injector) {
  const [{ factory }] = ofJest;
  return new SpecBySpec(injector.injectFunction(factory));
}
specBySpec.inject = tokens(commonTokens.injector);

export const strykerPlugins = [declareFactoryPlugin(PluginKind.TestRunner, 'spec-by-spec', specBySpec)];
