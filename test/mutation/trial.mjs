// A copy of the repository in which one mutant after the other is tried.
import { parseSync } from '@swc/core';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { clearTimeout, setTimeout } from 'node:timers';
import path from 'node:path';

/** Packages are linked, not copied; the rest no spec of a sample reads. */
const NOT_COPIED =
  /^(?:node_modules|.*\/node_modules|\.git|\.ci|\.data|\.stryker-tmp|bench|coverage|dist\/src|reports)$/;
const PACKAGES = ['node_modules', 'web/node_modules', 'clients/typescript/node_modules'];
/** Many times what the longest spec needs, in milliseconds. */
const LONGEST_MS = 300_000;

export class Trial {
  constructor() {
    this.folder = mkdtempSync(path.join(tmpdir(), 'cryptocomply-mutants-'));
    const root = process.cwd();
    const filter = (source) => !NOT_COPIED.test(path.relative(root, source));
    // A built console is told by its age to be as new as its sources.
    cpSync(root, this.folder, { recursive: true, filter, preserveTimestamps: true });
    for (const packages of PACKAGES)
      if (existsSync(packages)) symlinkSync(path.resolve(packages), path.join(this.folder, packages));
  }

  /** Tries a mutant with one spec after the other until one fails: `{status, by}`, `Killed` or `Timeout` by which, or `Survived`. */
  async try({ file, start, end, mutatorName, replacement }, specs) {
    const place = path.join(this.folder, file);
    const source = readFileSync(place, 'utf8');
    writeFileSync(place, mutated(source, { start, end, mutatorName, replacement }));
    try {
      return await this.run(specs);
    } finally {
      writeFileSync(place, source);
    }
  }

  /** Runs one spec after the other until one fails, each in a process of its own; what came of it is named as of a mutant. */
  async run(specs) {
    for (const spec of specs) {
      const status = await this.runOne(spec);
      if (status !== 'Survived') return { status, by: spec };
    }
    return { status: 'Survived' };
  }

  async runOne(spec) {
    const words = ['--ci', '--runInBand', '--forceExit', '--testTimeout=60000', '--runTestsByPath', spec];
    const jest = spawn(process.execPath, ['node_modules/jest/bin/jest.js', ...words], {
      cwd: this.folder,
      stdio: 'ignore',
      detached: true, // so that it ends with all that its tests started
    });
    let isOver = false;
    const over = setTimeout(() => {
      isOver = true;
      process.kill(-jest.pid, 'SIGKILL');
    }, LONGEST_MS);
    const [status] = await once(jest, 'exit');
    clearTimeout(over);
    if (isOver) return 'Timeout';
    return status === 0 ? 'Survived' : 'Killed';
  }

  remove() {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A source with one mutant in it. Throws where that could not be read: it would be killed by no test. */
function mutated(source, { start, end, mutatorName, replacement }) {
  const lines = source.split('\n');
  const offset = ({ line, column }) =>
    lines.slice(0, line).reduce((sum, { length }) => sum + length + 1, 0) + column;
  // An expression stays one, whatever stands around it.
  const isStatement = mutatorName === 'BlockStatement' || /^(?:case\b|default\b)/.test(replacement);
  const text = isStatement ? replacement : `(${replacement})`;
  const whole = source.slice(0, offset(start)) + text + source.slice(offset(end));
  parseSync(whole, { syntax: 'typescript', decorators: true });
  return whole;
}
