import { lstatSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Account } from './account.js';
import { makePrivateFolder } from './cluster.js';
import { digest } from './data-folder.js';
import { UnusableEmbeddedPostgres } from './unusable.js';

/** Names the socket's file; nothing listens on TCP. */
export const SOCKET_PORT = 5432;
const SOCKET = `.s.PGSQL.${String(SOCKET_PORT)}`;
/** PostgreSQL's lock file beside its socket. */
export const SOCKET_LOCK = `${SOCKET}.lock`;
/** A socket's path has room for 103 bytes on macOS, 107 on Linux. */
const LONGEST_PATH = 103;

/**
 * Makes the folder for the socket of the cluster in `folder`: inside it, or, where that path would be too long, below the
 * temporary folder. Throws if another user has put something of that name there: they could answer in PostgreSQL's place.
 */
export function makeSocketFolder(folder: string, account: Account | null): string {
  const inside = path.join(folder, 'socket');
  const socket = path.join(inside, SOCKET);
  const chosen =
    Buffer.byteLength(socket) <= LONGEST_PATH
      ? inside
      : path.join(tmpdir(), `cryptocomply-${digest(folder)}`);
  makePrivateFolder(chosen, account);
  const found = lstatSync(chosen);
  const owner = account?.uid ?? process.getuid?.();
  if (!found.isDirectory() || found.uid !== owner || (found.mode & 0o077) !== 0) {
    throw new UnusableEmbeddedPostgres(
      `${chosen} should be a folder of PostgreSQL's account (uid ${String(owner)}) with mode 0700, but is not. ` +
        'Remove it, or set DATA_DIR to a shorter path.',
    );
  }
  return chosen;
}
