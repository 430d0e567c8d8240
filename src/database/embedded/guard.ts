import { spawn, spawnSync } from 'node:child_process';
import { closeSync, constants, lchownSync, openSync } from 'node:fs';
import path from 'node:path';
import { type Account, runAs } from './account.js';
import { errorCode } from './error-code.js';
import { pidFileOf } from './pid-file.js';
import { CHILD_ENVIRONMENT } from './program.js';

/**
 * What the guard does: it reads until the last user of the server is gone, however it went, and then has PostgreSQL end as
 * `stopPostmaster` would. A server that is just starting has not written its number yet.
 */
const WATCH = `
cat >/dev/null
for turn in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
  kill -0 "$0" 2>/dev/null || exit 0
  if [ "$(head -n 1 "$1" 2>/dev/null)" = "$0" ]; then
    kill -INT "$0"
    exit 0
  fi
  sleep 1
done`;

/** Where a server runs, and as whom. */
interface Guarded {
  readonly socketFolder: string;
  readonly data: string;
  readonly pid: number;
  readonly account: Account | null;
}

/**
 * One process's presence at the server, as the kernel knows it: a named pipe that every user keeps open for writing, and that a
 * shell beside PostgreSQL, the guard, reads. When the last user ends, by kill -9 too, the guard reads the pipe's end and
 * stops PostgreSQL: it never stays behind with nobody to use it.
 */
export class Presence {
  private open = true;

  private constructor(
    private readonly descriptor: number,
    /** Whether a guard was there already: else there was none, or it is just about to stop the server. */
    readonly guarded: boolean,
  ) {}

  /** Comes to use a server that runs or is being started; starts a guard where there is none. */
  static enter(server: Guarded): Presence {
    const pipe = path.join(server.socketFolder, 'users');
    makePipe(pipe, server.account);
    const joined = join(pipe);
    if (joined !== undefined) return new Presence(joined, true);
    const both = openSync(pipe, constants.O_RDWR); // so that neither end waits for the other
    const reader = openSync(pipe, constants.O_RDONLY);
    spawnGuard(server, reader);
    closeSync(reader);
    const writer = join(pipe) ?? both;
    if (writer !== both) closeSync(both);
    return new Presence(writer, false);
  }

  leave(): void {
    if (this.open) closeSync(this.descriptor);
    this.open = false;
  }
}

function makePipe(pipe: string, account: Account | null): void {
  const { status } = spawnSync('mkfifo', ['-m', '600', pipe], { env: CHILD_ENVIRONMENT, stdio: 'ignore' });
  if (status === 0 && account) lchownSync(pipe, account.uid, account.gid); // else another process made it
}

/** The pipe's end for writing; `undefined`: nobody reads it. */
function join(pipe: string): number | undefined {
  try {
    return openSync(pipe, constants.O_WRONLY | constants.O_NONBLOCK);
  } catch (error) {
    if (errorCode(error) === 'ENXIO') return undefined;
    throw error;
  }
}

function spawnGuard({ pid, data, account }: Guarded, users: number): void {
  const child = spawn('/bin/sh', ['-c', WATCH, String(pid), pidFileOf(data)], {
    ...runAs(account),
    cwd: '/',
    env: CHILD_ENVIRONMENT,
    detached: true, // of a terminal's Ctrl-C it must hear nothing
    stdio: [users, 'ignore', 'ignore'],
  });
  child.on('error', () => undefined); // without a guard the server stops with its last user's stop(), as before
  child.unref();
}
