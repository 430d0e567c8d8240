// A plugin of Stryker's: passes over the mutants that were not drawn, before any test runs.
import { CheckStatus } from '@stryker-mutator/api/check';
import { declareClassPlugin, PluginKind } from '@stryker-mutator/api/plugin';
import { readFileSync } from 'node:fs';
import { keyOf } from './population.mjs';

class SampleChecker {
  async init() {
    const { keys } = JSON.parse(readFileSync(process.env.MUTATION_SAMPLE, 'utf8'));
    this.keys = new Set(keys);
  }

  async check(mutants) {
    return Object.fromEntries(mutants.map((mutant) => [mutant.id, this.resultOf(mutant)]));
  }

  async group(mutants) {
    return [mutants.map(({ id }) => id)];
  }

  resultOf({ fileName, location: { start }, mutatorName, replacement }) {
    const file = fileName.replaceAll('\\', '/').replace(/^.*\/(?=src\/)/, '');
    const place = { line: start.line + 1, column: start.column + 1 };
    return this.keys.has(keyOf(file, place, mutatorName, replacement))
      ? { status: CheckStatus.Passed }
      : { status: CheckStatus.CompileError, reason: 'Not drawn.' };
  }
}

export const strykerPlugins = [declareClassPlugin(PluginKind.Checker, 'sample', SampleChecker)];
