import { execFileSync } from 'node:child_process';
import { appendFileSync, chmodSync, chownSync, copyFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import {
  ensureRolesAndDatabase,
  OWNER_ROLE,
  SERVICE_ROLE,
  withClient,
} from '../../src/database/embedded/roles.js';
import { createTestDatabase, type TestDatabase } from './database.js';
import { freePort } from './free-port.js';
import { makeTemplate, TEMPLATE } from './test-server.js';
import { until } from './until.js';

const PROGRAMS = '/usr/lib/postgresql/15/bin';

/** A server of Debian's PostgreSQL 15, with the programs that the embedded one lacks: pg_basebackup above all. */
export class DebianPostgres {
  private constructor(
    private readonly folder: string,
    private readonly port: number,
  ) {}

  /** Makes a server whose finished pieces of WAL are copied into the folder `archive`, and starts it. */
  static async start(folder: string, archive: string): Promise<DebianPostgres> {
    const server = new DebianPostgres(path.join(folder, 'data'), await freePort());
    for (const made of [folder, archive]) own(made);
    server.run(
      'initdb',
      '-D',
      server.folder,
      '-A',
      'trust',
      '-U',
      'postgres',
      '-E',
      'UTF8',
      '--locale',
      'C.UTF-8',
    );
    server.configure(`archive_mode = on\narchive_command = 'cp %p ${archive}/%f'`);
    server.up();
    await ensureRolesAndDatabase((name) => server.url('postgres', name), TEMPLATE);
    await makeTemplate(server.urls);
    return server;
  }

  /** A copy of the whole, made while it runs. */
  async backUp(folder: string): Promise<DebianPostgres> {
    own(folder);
    const copy = new DebianPostgres(path.join(folder, 'data'), await freePort());
    this.run(
      'pg_basebackup',
      '-d',
      this.url('postgres', 'postgres'),
      '-D',
      copy.folder,
      '-c',
      'fast',
      '-X',
      'stream',
    );
    return copy;
  }

  /** Starts a copy, which replays the archive up to a moment and then goes on from there as a server of its own; resolves once it does. */
  async restore(archive: string, moment: string): Promise<void> {
    this.configure(
      [
        'archive_mode = off',
        `restore_command = 'cp ${archive}/%f %p'`,
        `recovery_target_time = '${moment}'`,
        `recovery_target_action = promote`,
      ].join('\n'),
    );
    this.run('touch', path.join(this.folder, 'recovery.signal'));
    this.up();
    await withClient(this.url('postgres', 'postgres'), (client) =>
      until(async () => {
        const { rows } = await client.query<{ ready: boolean }>('SELECT NOT pg_is_in_recovery() AS ready');
        return rows[0]?.ready ?? false;
      }),
    );
  }

  newDatabase(): Promise<TestDatabase> {
    return createTestDatabase({ superuserUrl: this.urls.superuserUrl, template: TEMPLATE });
  }

  url(role: string, database: string): string {
    return `postgres://${role}@127.0.0.1:${this.port}/${database}`;
  }

  /**
   * Takes connections by TLS from now on, with a certificate for `localhost` and 127.0.0.1 that signs itself; gives its file,
   * for whoever is to trust it.
   */
  encrypt(): string {
    const [certificate, key] = ['server.crt', 'server.key'].map((name) => path.join(this.folder, name)) as [
      string,
      string,
    ];
    const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
    const files = ['-keyout', key, '-out', certificate];
    execFileSync(
      'openssl',
      ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...names, ...files],
      {
        stdio: 'ignore',
      },
    );
    chmodSync(key, 0o600);
    if (process.getuid?.() === 0) execFileSync('chown', ['postgres', key, certificate]);
    this.configure('ssl = on');
    this.run(
      'pg_ctl',
      '-D',
      this.folder,
      '-m',
      'fast',
      '-w',
      '-l',
      path.join(this.folder, '..', 'log'),
      'restart',
    );
    const copy = path.join(this.folder, '..', 'authority.crt');
    copyFileSync(certificate, copy);
    return copy;
  }

  stop(): void {
    this.run('pg_ctl', '-D', this.folder, '-m', 'immediate', '-w', 'stop');
  }

  private get urls() {
    return {
      superuserUrl: this.url('postgres', TEMPLATE),
      databaseUrl: this.url(SERVICE_ROLE, TEMPLATE),
      migrationDatabaseUrl: this.url(OWNER_ROLE, TEMPLATE),
    };
  }

  private configure(text: string): void {
    const own = `\nport = ${this.port}\nlisten_addresses = '127.0.0.1'\nunix_socket_directories = ''\n`;
    appendFileSync(path.join(this.folder, 'postgresql.conf'), own + text);
  }

  /** Returns once it takes connections. */
  private up(): void {
    this.run('pg_ctl', '-D', this.folder, '-l', path.join(this.folder, '..', 'log'), '-w', 'start');
  }

  /** PostgreSQL refuses to run as root; there its programs run as Debian's own account for it. */
  private run(program: string, ...args: string[]): void {
    const file = program === 'touch' ? program : path.join(PROGRAMS, program);
    const isRoot = process.getuid?.() === 0;
    const asPostgres = ['--reuid=postgres', '--regid=postgres', '--clear-groups', file, ...args];
    execFileSync(isRoot ? 'setpriv' : file, isRoot ? asPostgres : args, {
      stdio: ['ignore', 'ignore', 'pipe'],
      cwd: '/',
    });
  }
}

/** A folder that the server's account may write to. */
function own(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o711 });
  if (process.getuid?.() !== 0) return;
  const id = (flag: string): number => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  chownSync(folder, id('-u'), id('-g'));
}
