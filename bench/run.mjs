// `npm run bench`: makes sure that the benchmark's own packages and the service are built, then runs it.
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';

const here = import.meta.dirname;
const installed = path.join(here, 'node_modules', '.package-lock.json');
const wanted = path.join(here, 'package-lock.json');

if (!existsSync(installed) || statSync(installed).mtimeMs < statSync(wanted).mtimeMs) npm(here, 'ci');
npm(path.dirname(here), 'run', '--silent', 'build');
await import('./main.mjs');

/** Runs npm with what it says on standard error: standard output is for the results. */
function npm(cwd, ...words) {
  const { status, error } = spawnSync('npm', words, { cwd, stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new Error(`npm ${words.join(' ')} failed in ${cwd}.`, { cause: error });
}
