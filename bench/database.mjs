import { readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';
import { startEmbeddedPostgres } from '../dist/src/database/embedded/embedded-postgres.js';
import { migrate } from '../dist/src/database/migrate.js';

const { Client } = createRequire(import.meta.url)('pg');

/** The benchmark's PostgreSQL: the one that the service itself brings, durable as in production, in a folder of its own. */
export class Postgres {
  #dataDir = path.join(import.meta.dirname, '.data');
  #servers = [];
  #pid;

  /** An empty database with the service's tables. */
  async createMigrated(name) {
    const server = await this.#open(name);
    await migrate(server);
    return new Database(server.databaseUrl, server.superuserUrl);
  }

  /** An empty database with nothing in it, for a peer, which may do in it what it likes. */
  async createEmpty(name) {
    const { superuserUrl } = await this.#open(name);
    return new Database(superuserUrl, superuserUrl);
  }

  async #open(database) {
    const server = await startEmbeddedPostgres({
      dataDir: this.#dataDir,
      database,
      durable: true,
      maxConnections: 300,
    });
    this.#servers.push(server);
    return server;
  }

  /** CPU time of all of its processes so far, in microseconds; `undefined` where the system doesn't tell. */
  async cpuMicroseconds() {
    this.#pid ??= await this.#findPid();
    return process.platform === 'linux' ? cpuOfTree(this.#pid) : undefined;
  }

  async #findPid() {
    const [server] = this.#servers;
    const [{ pid }] = await new Database(server.superuserUrl, server.superuserUrl).run(
      `SELECT split_part(pg_read_file('postmaster.pid'), chr(10), 1) AS pid`,
    );
    return pid;
  }

  async stop() {
    for (const server of this.#servers) await server.stop();
    for (const { dataDir } of this.#servers.slice(0, 1)) rmSync(dataDir, { recursive: true, force: true });
  }
}

/** One database on it. */
export class Database {
  /** `url`: what the server under measurement connects as. */
  constructor(url, superuserUrl) {
    this.url = url;
    this.superuserUrl = superuserUrl;
  }

  /** Runs statements as superuser on a connection of their own; gives the rows of the last. */
  async run(...statements) {
    const client = new Client({ connectionString: this.superuserUrl });
    await client.connect();
    try {
      let rows = [];
      for (const statement of statements) ({ rows } = await client.query(statement));
      return rows;
    } finally {
      await client.end();
    }
  }
}

const TICKS_PER_SECOND = 100;

/** What a process, its children and the ended ones among them took, in microseconds. */
export function cpuOfTree(pid) {
  const of = (process) => Number(readFileSync(`/proc/${process}/schedstat`, 'utf8').split(' ')[0]) / 1000;
  const fieldsOf = (process) => {
    const text = readFileSync(`/proc/${process}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' '); // the name before may hold anything
  };
  const ended = fieldsOf(pid);
  let sum = of(pid) + ((Number(ended[13]) + Number(ended[14])) * 1e6) / TICKS_PER_SECOND;
  for (const other of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      if (fieldsOf(other)[1] === String(pid)) sum += of(other);
    } catch {
      // ended between the listing and the reading: counted with the ended ones
    }
  }
  return sum;
}
