import { type ChildProcess, spawn } from 'node:child_process';
import {
  closeSync,
  constants,
  fchownSync,
  fstatSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { errorCode } from './error-code.js';
import { runAs } from './account.js';
import { type Cluster } from './cluster.js';
import { Presence } from './guard.js';
import { isAlive, isPostmaster, pidFileOf, readPidFile } from './pid-file.js';
import { CHILD_ENVIRONMENT } from './program.js';
import { makeSocketFolder, SOCKET_LOCK, SOCKET_PORT } from './socket-folder.js';
import { UnusableEmbeddedPostgres } from './unusable.js';

/** A PostgreSQL that answers. */
export interface Postmaster {
  pid: number;
  socketFolder: string;
}

export interface ServerSettings {
  durable: boolean;
  maxConnections?: number;
}

/** Recovery after a crash may take its time. */
const PATIENCE_MS = 60_000;
const PAUSE_MS = 25;
const LONGEST_LOG_BYTES = 10_000_000;

/** The running PostgreSQL of `data`, once it answers if it is just starting; null if there is none, or when one has just ended. */
export async function findPostmaster(data: string): Promise<Postmaster | null> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const file = readPidFile(pidFileOf(data));
    if (!file || !isPostmaster(file.pid, data)) return null;
    const { pid, socketFolder } = file;
    if (socketFolder && (await answers(socketFolder))) return { pid, socketFolder };
    if (performance.now() > deadline) {
      throw new UnusableEmbeddedPostgres(
        `A PostgreSQL (process ${String(pid)}) holds ${data} but does not answer on its socket in ${String(socketFolder)}. ` +
          `Stop it with \`kill ${String(pid)}\` and start again.`,
      );
    }
    await sleep(PAUSE_MS);
  }
}

/**
 * Starts PostgreSQL, unless another process does so at the same moment: then that one is used, and `startedHere` is false.
 * From its first moment on it ends with this process (guard.ts).
 */
export async function launchPostmaster(
  cluster: Cluster,
  settings: ServerSettings,
): Promise<Postmaster & { startedHere: boolean; presence: Presence }> {
  const socketFolder = makeSocketFolder(cluster.folder, cluster.account);
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const log = openLog(cluster);
    const child = spawnPostmaster(cluster, socketFolder, settings, log.descriptor);
    closeSync(log.descriptor);
    const { data, account } = cluster;
    const presence = Presence.enter({ socketFolder, data, account, pid: child.pid ?? 0 });
    await sleepUntil(() => hasEnded(child) || readPidFile(pidFileOf(cluster.data))?.pid === child.pid);
    const running = await findPostmaster(cluster.data);
    if (running) return { ...running, startedHere: running.pid === child.pid, presence };
    presence.leave();
    await sleepUntil(() => hasEnded(child));
    if (child.pid === undefined)
      throw new UnusableEmbeddedPostgres(`${cluster.program.folder}/bin/postgres could not be run.`);
    const words = readFileSync(log.file).subarray(log.end).toString().trim();
    if (!mayPass(cluster, socketFolder, words) || performance.now() > deadline) {
      throw new UnusableEmbeddedPostgres(
        `PostgreSQL could not start in ${cluster.data}. Its log (${log.file}) says:\n${words}`,
      );
    }
    await sleep(PAUSE_MS);
  }
}

/** Stops PostgreSQL: open transactions are rolled back, nothing that was committed is lost. Resolves when it has ended. */
export async function stopPostmaster({ pid }: Postmaster, data: string): Promise<void> {
  const isRunning = () => readPidFile(pidFileOf(data))?.pid === pid && isPostmaster(pid, data);
  for (const signal of ['SIGINT', 'SIGQUIT'] as const) {
    if (isRunning()) process.kill(pid, signal);
    await sleepUntil(() => !isRunning());
    if (!isRunning()) return;
  }
  throw new UnusableEmbeddedPostgres(
    `PostgreSQL (process ${String(pid)}) does not stop. End it with \`kill -9 ${String(pid)}\`.`,
  );
}

function spawnPostmaster(
  { program, data, account }: Cluster,
  socketFolder: string,
  { durable, maxConnections }: ServerSettings,
  log: number,
): ChildProcess {
  const settings = {
    listen_addresses: '',
    port: SOCKET_PORT,
    unix_socket_directories: `"${socketFolder.replaceAll('"', '""')}"`,
    unix_socket_permissions: '0700',
    max_connections: maxConnections ?? 100,
    timezone: 'UTC',
    log_timezone: 'UTC',
    // Statements and the details of errors hold people's data, which has no business in a log.
    log_error_verbosity: 'terse',
    log_min_error_statement: 'panic',
    ...(durable ? {} : { fsync: 'off', full_page_writes: 'off' }),
  };
  const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${String(value)}`]);
  const child = spawn(path.join(program.folder, 'bin', 'postgres'), ['-D', data, ...options], {
    ...runAs(account),
    cwd: '/',
    env: CHILD_ENVIRONMENT,
    // A session of its own: a Ctrl-C in the terminal would otherwise reach it before we have answered our last requests.
    detached: true,
    stdio: ['ignore', log, log],
  });
  child.on('error', () => undefined); // told by hasEnded()
  child.unref();
  return child;
}

function hasEnded(child: ChildProcess): boolean {
  return child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
}

function openLog({ folder, account }: Cluster): { descriptor: number; file: string; end: number } {
  const file = path.join(folder, 'postgres.log');
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > LONGEST_LOG_BYTES)
    renameSync(file, `${file}.old`);
  const { O_APPEND, O_CREAT, O_WRONLY, O_NOFOLLOW } = constants;
  const descriptor = openSync(file, O_APPEND | O_CREAT | O_WRONLY | O_NOFOLLOW, 0o600);
  if (account) fchownSync(descriptor, account.uid, account.gid);
  return { descriptor, file, end: fstatSync(descriptor).size };
}

/** Whether what kept PostgreSQL from starting goes away by itself, or has just been put out of the way. */
function mayPass({ data }: Cluster, socketFolder: string, words: string): boolean {
  // PostgreSQL overlooks the lock files of a dead process, but not those of one whose number a stranger has now.
  for (const file of [pidFileOf(data), path.join(socketFolder, SOCKET_LOCK)]) {
    const pid = readPidFile(file)?.pid;
    if (pid && isAlive(pid) && !isPostmaster(pid, data)) rmSync(file, { force: true });
  }
  return /lock file ".+" already exists|pre-existing shared memory block/.test(words);
}

async function answers(socketFolder: string): Promise<boolean> {
  const client = new Client({
    host: socketFolder,
    port: SOCKET_PORT,
    user: 'postgres',
    database: 'postgres',
    connectionTimeoutMillis: 5_000,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return true;
  } catch (error) {
    if (['EACCES', 'EPERM'].includes(errorCode(error))) throw error;
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Waits for `condition`, at most {@link PATIENCE_MS}. */
async function sleepUntil(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!condition() && performance.now() < deadline) await sleep(PAUSE_MS);
}
