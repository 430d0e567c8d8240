import { existsSync } from 'node:fs';
import path from 'node:path';

/** Where Debian puts what an ordinary user's PATH may lack. */
const FOLDERS = [...(process.env.PATH ?? '').split(path.delimiter), '/usr/sbin', '/usr/local/sbin'];

/** Where a program is installed; `undefined`: it isn't. */
export function findProgram(name: string): string | undefined {
  return FOLDERS.map((folder) => path.join(folder, name)).find((file) => existsSync(file));
}

/**
 * `describe` where all these programs are installed. Elsewhere its tests are skipped, and a line says why: `npm test`
 * needs Node alone, `.ci/run` installs them.
 */
export function describeWith(...programs: readonly string[]): jest.Describe {
  const missing = programs.filter((name) => !findProgram(name));
  return missing.length === 0 ? describe : skip(missing);
}

/** Debian's Python, whatever others there are: Debian's packages are for that one. */
export const PYTHON = '/usr/bin/python3';
const PYTHON_PACKAGES = '/usr/lib/python3/dist-packages';

/** The same where Debian's Python has all these packages. */
export function describeWithPython(...packages: readonly string[]): jest.Describe {
  const missing = packages.filter((name) => !existsSync(path.join(PYTHON_PACKAGES, name)));
  return missing.length === 0 && existsSync(PYTHON) ? describe : skip(missing);
}

function skip(missing: readonly string[]): jest.Describe {
  process.stderr.write(`Skipped, for want of ${missing.join(', ')}: ${expect.getState().testPath ?? ''}\n`);
  return describe.skip; // the line above says why
}
