import { chownSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import {
  type EmbeddedPostgres,
  startEmbeddedPostgres,
} from '../../src/database/embedded/embedded-postgres.js';
import { prepareCluster } from '../../src/database/embedded/cluster.js';
import { launchPostmaster } from '../../src/database/embedded/postmaster.js';
import { isAlive, pidFileOf, readPidFile } from '../../src/database/embedded/pid-file.js';
import { createTestDatabase, type TestDatabase } from './database.js';
import { makeTemplate, newServerFolder, remove, TEMPLATE } from './test-server.js';
import { until } from './until.js';

/** A PostgreSQL of one spec's own, as durable as in production, which can be killed and started again. */
export class OwnServer {
  private constructor(
    private readonly folder: string,
    private server: EmbeddedPostgres,
  ) {}

  static async start(): Promise<OwnServer> {
    const folder = newServerFolder();
    const server = await run(folder, TEMPLATE);
    await makeTemplate(server);
    return new OwnServer(folder, server);
  }

  newDatabase(): Promise<TestDatabase> {
    return createTestDatabase({ superuserUrl: this.server.superuserUrl, template: TEMPLATE });
  }

  /** Where its files are. */
  get dataFolder(): string {
    const name = readdirSync(this.server.dataDir).find((entry) => entry.startsWith('postgres-'));
    return path.join(this.server.dataDir, String(name), 'data');
  }

  /** As `pg_ctl stop -m immediate` (SIGQUIT) or kill -9 of the postmaster. Resolves when it is gone. */
  async kill(signal: 'SIGQUIT' | 'SIGKILL'): Promise<void> {
    const pid = readPidFile(pidFileOf(this.dataFolder))?.pid;
    if (pid === undefined) throw new Error('PostgreSQL does not run.');
    process.kill(pid, signal);
    await until(() => !isAlive(pid));
  }

  /** Starts it on the same files; resolves when it has recovered. */
  async startAgain(): Promise<void> {
    this.server = await run(this.folder, 'postgres'); // nobody may connect to the template
  }

  /** Kills it and starts it on the same files as a standby of nobody, in recovery until `pg_promote()`. */
  async startAsStandby(): Promise<void> {
    await this.kill('SIGQUIT');
    const signal = path.join(this.dataFolder, 'standby.signal');
    writeFileSync(signal, '');
    const { uid, gid } = statSync(this.dataFolder);
    chownSync(signal, uid, gid);
    await launchPostmaster(prepareCluster(this.folder, true), { durable: true, maxConnections: 200 });
  }

  stop(): Promise<void> {
    return remove(this.folder, this.server);
  }
}

function run(dataDir: string, database: string): Promise<EmbeddedPostgres> {
  return startEmbeddedPostgres({ dataDir, database, durable: true, maxConnections: 200 });
}
