import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Account, serverAccount } from './account.js';
import { errorCode, errorMessage } from './error-code.js';
import { prepareCluster } from './cluster.js';
import { Presence } from './guard.js';
import { Lease } from './lease.js';
import { existingClusters, existingDataFolders } from './data-folder.js';
import { findPostmaster, launchPostmaster, type Postmaster, stopPostmaster } from './postmaster.js';
import { ensureRolesAndDatabase, OWNER_ROLE, SERVICE_ROLE } from './roles.js';
import { SOCKET_PORT } from './socket-folder.js';
import { UnusableEmbeddedPostgres } from './unusable.js';

/** More than a guard takes from its last user's end to its signal. */
const MOMENT_MS = 100;

/** A PostgreSQL that runs on this machine for this service alone, reached through a Unix socket. */
export interface EmbeddedPostgres {
  /** service role: owns nothing */
  databaseUrl: string;
  /** owner role: migrates */
  migrationDatabaseUrl: string;
  superuserUrl: string;
  /** the folder that holds `postgres-<major>/`: not the one asked for if root's PostgreSQL could not reach that */
  dataDir: string;
  /** false: it ran already */
  startedHere: boolean;
  /**
   * Lets go of the server. It ends (open transactions are rolled back) unless another process uses it: the last one out stops it,
   * so that neither a command nor a service loses its database to the other's end. May be called twice.
   */
  stop(): Promise<void>;
}

export interface EmbeddedOptions {
  dataDir: string;
  /** the name of the database, made if missing */
  database: string;
  /** false: faster, but a crash of the machine may destroy the data. For tests. */
  durable: boolean;
  /** default 100 */
  maxConnections?: number;
}

/**
 * Uses the PostgreSQL that runs in `dataDir`, or starts one, making the database, its roles and the folder where they are missing.
 * When this process is killed it ends as well, unless another uses it. Throws an Error whose message says what to do.
 */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  return orExplain(options, async () => {
    for (;;) {
      const running = await findRunning(options);
      if (running) return running;
      const cluster = prepareCluster(options.dataDir, options.durable);
      const postmaster = await launchPostmaster(cluster, options);
      const { dataDir, data, account } = cluster;
      const opened = await open(options, dataDir, data, postmaster, account);
      postmaster.presence.leave();
      if (opened) return opened; // else another process has just stopped it
    }
  });
}

/** The PostgreSQL that runs in `dataDir` (once it answers, if it is just starting), else null. Starts nothing. */
export async function findEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres | null> {
  return orExplain(options, () => findRunning(options));
}

async function findRunning(options: EmbeddedOptions): Promise<EmbeddedPostgres | null> {
  for (const dataDir of existingDataFolders(options.dataDir)) {
    for (const { major, owner } of existingClusters(dataDir)) {
      const data = path.join(dataDir, `postgres-${String(major)}`, 'data');
      const postmaster = await findPostmaster(data);
      const account = serverAccount(owner);
      const opened =
        postmaster && (await open(options, dataDir, data, { ...postmaster, startedHere: false }, account));
      if (opened) return opened;
    }
  }
  return null;
}

/** Null if the server is being stopped. */
async function open(
  { database }: EmbeddedOptions,
  dataDir: string,
  data: string,
  postmaster: Postmaster & { startedHere: boolean },
  account: Account | null,
): Promise<EmbeddedPostgres | null> {
  const urlOf = (role: string, name: string) =>
    `postgresql://${role}@localhost:${String(SOCKET_PORT)}/${encodeURIComponent(name)}` +
    `?host=${encodeURIComponent(postmaster.socketFolder)}`;
  const superuserUrlOf = (name: string) => urlOf('postgres', name);

  const presence = Presence.enter({ ...postmaster, data, account });
  // Nobody watched over it: it has no guard, or one that is about to stop it, which is seen a moment later.
  if (!presence.guarded) await sleep(MOMENT_MS);
  const lease = await Lease.take(superuserUrlOf('postgres'));
  if (!lease) {
    presence.leave();
    return null;
  }
  const letGo = async () => {
    // A lease that was lost (its connection was cut) says nothing about others; then whoever started the server stops it.
    const mustStop = await lease.letGo().catch(() => postmaster.startedHere);
    if (mustStop) await stopPostmaster(postmaster, data);
    await lease.close();
    presence.leave();
  };
  try {
    await ensureRolesAndDatabase(superuserUrlOf, database);
  } catch (error) {
    await letGo();
    throw error;
  }
  let stopped: Promise<void> | null = null;
  return {
    databaseUrl: urlOf(SERVICE_ROLE, database),
    migrationDatabaseUrl: urlOf(OWNER_ROLE, database),
    superuserUrl: superuserUrlOf(database),
    dataDir,
    startedHere: postmaster.startedHere,
    stop: () => (stopped ??= letGo()),
  };
}

async function orExplain<T>({ dataDir }: EmbeddedOptions, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!['EACCES', 'EPERM', 'EROFS'].includes(errorCode(error))) throw error;
    throw new UnusableEmbeddedPostgres(
      `This account can't use the database folder ${dataDir} (${errorMessage(error)}). ` +
        'Set DATA_DIR to a folder that it may write to, or start as the account that made the database.',
      { cause: error },
    );
  }
}
