import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readdirSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { errorCode } from './error-code.js';
import { type Account, canEnter, serverAccount } from './account.js';
import { UnusableEmbeddedPostgres } from './unusable.js';

/** A database that stands there already. */
export interface ExistingCluster {
  major: number;
  owner: Account;
}

/** The folder that holds `postgres-<major>/`, and the account that must be able to reach it. */
export interface DataFolder {
  folder: string;
  account: Account | null;
  existing: ExistingCluster[];
}

/** The folders that may hold the database of `dataDir` and exist, spelled without symbolic links. */
export function existingDataFolders(dataDir: string): string[] {
  return candidates(dataDir)
    .filter((folder) => existsSync(folder))
    .map((folder) => realpathSync(folder));
}

/** Where `dataDir` may have its database: in itself, or, if root's PostgreSQL could not reach it there, apart from it. */
function candidates(dataDir: string): string[] {
  const wanted = path.resolve(dataDir);
  if (process.getuid?.() !== 0) return [wanted];
  return [wanted, path.join('/var/lib/cryptocomply', digest(wanted))];
}

/** The folder for the database of `dataDir`, made if need be: where one stands already, else the first that can be reached. */
export function chooseDataFolder(dataDir: string): DataFolder {
  for (const folder of existingDataFolders(dataDir)) {
    const existing = existingClusters(folder);
    if (existing[0]) return { folder, account: serverAccount(existing[0].owner), existing };
  }
  const account = serverAccount(null);
  const folders = candidates(dataDir);
  for (const folder of folders) {
    makeFolder(folder, account);
    if (canEnter(account, folder)) return { folder: realpathSync(folder), account, existing: [] };
  }
  throw new UnusableEmbeddedPostgres(
    `PostgreSQL's account (uid ${String(account?.uid)}) can reach none of ${folders.join(', ')}. ` +
      'Set DATA_DIR to a folder whose parents everybody may enter, such as one below /srv.',
  );
}

/** The databases below `folder`, newest version first. */
export function existingClusters(folder: string): ExistingCluster[] {
  return namesIn(folder)
    .map((name) => Number(/^postgres-(\d+)$/.exec(name)?.[1]))
    .filter((major) => major > 0)
    .sort((a, b) => b - a)
    .flatMap((major) => {
      const found = statSync(path.join(folder, `postgres-${String(major)}`, 'data'), {
        throwIfNoEntry: false,
      });
      return found ? [{ major, owner: { uid: found.uid, gid: found.gid } }] : [];
    });
}

/** The first 16 hexadecimal digits of a path's SHA-256: a short name for it. */
export function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/**
 * Makes `folder` with its parents. As root, others may pass through what was made and through `folder` itself (not list it):
 * PostgreSQL's account must reach its own folder inside. What lies beside that has modes of its own.
 */
export function makeFolder(folder: string, account: Account | null): void {
  const firstMade = mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (!account) return;
  for (let at = folder; ; at = path.dirname(at)) {
    chmodSync(at, (statSync(at).mode & 0o7777) | 0o011);
    if (!firstMade || at === firstMade || at === '/') return;
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}
