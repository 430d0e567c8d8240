import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort } from './free-port.js';
import { findProgram } from './programs.js';
import { until } from './until.js';

/** A PgBouncer of a test's own, before a PostgreSQL on a Unix socket. */
export class PgBouncer {
  private constructor(
    private readonly child: ChildProcess,
    private readonly folder: string,
    private readonly port: number,
  ) {}

  /** Debian's, as its package configures it but for what is given; `session` is the mode that docs/operations.md asks for. */
  static async before(
    databaseUrl: string,
    settings: Readonly<Record<string, string | number>>,
  ): Promise<PgBouncer> {
    const { searchParams, port: socketPort } = new URL(databaseUrl);
    const sockets = searchParams.get('host') ?? '';
    const folder = mkdtempSync(path.join(tmpdir(), 'pgbouncer-'));
    chmodSync(folder, 0o755);
    const port = await freePort();
    const lines = {
      listen_addr: '127.0.0.1',
      listen_port: port,
      unix_socket_dir: '',
      auth_type: 'trust',
      ...settings,
    };
    const users = path.join(folder, 'users.txt');
    writeFileSync(
      users,
      ['cryptocomply_service', 'cryptocomply_owner'].map((name) => `"${name}" ""\n`).join(''),
    );
    const config = path.join(folder, 'pgbouncer.ini');
    const options = Object.entries({ ...lines, auth_file: users }).map(
      ([name, value]) => `${name} = ${value}\n`,
    );
    writeFileSync(
      config,
      `[databases]\n* = host=${sockets} port=${socketPort}\n[pgbouncer]\n${options.join('')}`,
    );
    // as whoever may use PostgreSQL's socket; as root it does not run at all
    const { uid, gid } = statSync(path.join(sockets, `.s.PGSQL.${socketPort}`));
    const child = spawn(findProgram('pgbouncer') ?? '', ['-q', config], {
      uid,
      gid,
      cwd: '/',
      stdio: 'ignore',
    });
    const bouncer = new PgBouncer(child, folder, port);
    await until(() => bouncer.listens());
    return bouncer;
  }

  /** The same database, user and all, through this pooler. */
  through(databaseUrl: string): string {
    const url = new URL(databaseUrl);
    url.searchParams.delete('host');
    url.hostname = '127.0.0.1';
    url.port = String(this.port);
    return url.toString();
  }

  async stop(): Promise<void> {
    const ended = this.child.exitCode === null ? once(this.child, 'exit') : undefined;
    this.child.kill('SIGINT');
    await ended;
    rmSync(this.folder, { recursive: true, force: true });
  }

  private listens(): Promise<boolean> {
    return new Promise((resolve) => {
      const socket = connect(this.port, '127.0.0.1');
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
      socket.once('connect', () => socket.destroy());
    });
  }
}
