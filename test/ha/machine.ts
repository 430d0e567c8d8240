import { type ChildProcess, spawn } from 'node:child_process';
import { openSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { addressOf, cut, MACHINES, type MachineName, run } from './network.js';

/** What a machine runs: its own member of etcd, Patroni, and the PostgreSQL that Patroni starts. */
export type Program = 'etcd' | 'patroni' | 'postgres';

/** What Patroni tells of itself. */
export interface Told {
  readonly state: string;
  readonly role: string;
  readonly timeline?: number;
  readonly sync_standby?: boolean;
}

const ANSWER_WITHIN_MS = 1_500;
const CONFIGURATION = path.join(process.cwd(), 'deploy', 'ha', 'patroni.yml');

/** One of the three machines: a network namespace, a file system of its own, and Debian's programs with deploy/ha's files. */
export class Machine {
  private readonly started: { etcd?: ChildProcess; patroni?: ChildProcess } = {};

  constructor(
    readonly name: MachineName,
    private readonly folder: string,
    private readonly passwords: Record<string, string>,
  ) {}

  get dataFolder(): string {
    return path.join(this.folder, 'postgresql');
  }

  /** Makes its disk: small, so that it can be filled. Gone with the namespace. */
  makeDisk(megabytes: number): void {
    run('mkdir', '-p', this.folder);
    run('mount', '-t', 'tmpfs', '-o', `size=${megabytes}m,mode=0755`, this.name, this.folder);
    run('chown', 'postgres:postgres', this.folder);
  }

  /** Starts what doesn't run, as its boot or systemd would. */
  start(): void {
    if (!this.runs('etcd')) this.started.etcd = this.launch('etcd', ['/usr/bin/etcd'], this.etcdSettings());
    if (!this.runs('patroni'))
      this.started.patroni = this.launch(
        'patroni',
        ['/usr/bin/patroni', CONFIGURATION],
        this.patroniSettings(),
      );
  }

  /** Processes of a program, as they are now. */
  pids(program: Program): number[] {
    if (program !== 'postgres') {
      const pid = this.started[program]?.pid;
      return pid !== undefined && this.runs(program) ? [pid] : [];
    }
    const here = run('ip', 'netns', 'pids', this.name).split('\n').filter(Boolean).map(Number);
    return here.filter((pid) => nameOf(pid).startsWith('postgres'));
  }

  signal(signal: NodeJS.Signals, ...programs: Program[]): void {
    for (const pid of programs.flatMap((program) => this.pids(program))) {
      try {
        process.kill(pid, signal);
      } catch {
        // ended meanwhile
      }
    }
  }

  /** The machine dies: power, kernel and cable. */
  async die(): Promise<void> {
    cut(this.name, true);
    this.signal('SIGKILL', 'patroni', 'postgres', 'etcd');
    while (this.pids('postgres').length > 0 || this.runs('patroni')) await delay(20);
  }

  /** It is switched on again, its disk as it was. */
  boot(): void {
    cut(this.name, false);
    this.start();
  }

  loseData(): void {
    rmSync(this.dataFolder, { recursive: true, force: true });
  }

  /** What Patroni's own interface answers; nothing when it doesn't within a moment. */
  async ask<T = Told>(route = '/patroni'): Promise<T | undefined> {
    const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
    try {
      const answer = await fetch(`http://${addressOf(this.name)}:8008${route}`, { signal });
      return (await answer.json()) as T;
    } catch {
      return undefined;
    }
  }

  /** What Patroni has logged. */
  log(): string {
    return readFileSync(`${this.folder}.patroni.log`, 'utf8');
  }

  private runs(program: 'etcd' | 'patroni'): boolean {
    const child = this.started[program];
    return child !== undefined && child.exitCode === null && child.signalCode === null;
  }

  private launch(program: string, command: string[], env: Record<string, string>): ChildProcess {
    const log = openSync(`${this.folder}.${program}.log`, 'a');
    const asPostgres = ['setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups'];
    const args = ['netns', 'exec', this.name, ...asPostgres, ...command];
    const PATH = '/usr/bin:/bin:/usr/sbin:/sbin';
    return spawn('ip', args, {
      stdio: ['ignore', log, log],
      cwd: '/',
      env: { PATH, LANG: 'C.UTF-8', ...env },
    });
  }

  /** deploy/ha/etcd.env.example, for this machine. */
  private etcdSettings(): Record<string, string> {
    const example = readFileSync(path.join(process.cwd(), 'deploy', 'ha', 'etcd.env.example'), 'utf8');
    const pairs = [...example.matchAll(/^(ETCD_\w+)=(.*)$/gm)].map(([, name = '', value = '']) => [
      name,
      name === 'ETCD_INITIAL_CLUSTER' ? value : value.replaceAll('db1', this.name),
    ]);
    return { ...Object.fromEntries(pairs), ETCD_DATA_DIR: path.join(this.folder, 'etcd') };
  }

  /** deploy/ha/patroni.env.example, for this machine. */
  private patroniSettings(): Record<string, string> {
    const example = readFileSync(path.join(process.cwd(), 'deploy', 'ha', 'patroni.env.example'), 'utf8');
    const pairs = [...example.matchAll(/^(PATRONI_\w+)=(.*)$/gm)].map(([, name = '', value = '']) => [
      name,
      value === '' ? this.passwords[name] : value.replaceAll('db1', this.name),
    ]);
    return { ...Object.fromEntries(pairs), PATRONI_POSTGRESQL_DATA_DIR: this.dataFolder };
  }
}

export const makeMachines = (folder: string, passwords: Record<string, string>): Machine[] =>
  MACHINES.map((name) => new Machine(name, path.join(folder, name), passwords));

function nameOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8');
  } catch {
    return '';
  }
}
