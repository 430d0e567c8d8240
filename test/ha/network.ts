import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** The three machines of the database, by the names that deploy/ha calls them. */
export const MACHINES = ['db1', 'db2', 'db3'] as const;
export type MachineName = (typeof MACHINES)[number];

export const addressOf = (name: MachineName): string => `10.89.0.${11 + MACHINES.indexOf(name)}`;
const linkOf = (name: MachineName): string => `to-${name}`;

/** Runs a program to its end; throws with what it said when it fails. */
export function run(program: string, ...args: string[]): string {
  return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/**
 * A bridge with a machine at each of three cables: namespaces within this process's own. The bridge's side is where the
 * service and its load run.
 */
export function layNetwork(folder: string): void {
  mkdirSync('/run/netns', { recursive: true });
  run('mount', '-t', 'tmpfs', 'netns', '/run/netns');
  run('ip', 'link', 'set', 'lo', 'up');
  run('ip', 'link', 'add', 'rack', 'type', 'bridge');
  run('ip', 'address', 'add', '10.89.0.1/24', 'dev', 'rack');
  run('ip', 'link', 'set', 'rack', 'up');
  for (const name of MACHINES) {
    run('ip', 'netns', 'add', name);
    run('ip', 'link', 'add', linkOf(name), 'type', 'veth', 'peer', 'name', 'eth0', 'netns', name);
    run('ip', 'link', 'set', linkOf(name), 'master', 'rack', 'up');
    run('ip', '-n', name, 'address', 'add', `${addressOf(name)}/24`, 'dev', 'eth0');
    run('ip', '-n', name, 'link', 'set', 'eth0', 'up');
    run('ip', '-n', name, 'link', 'set', 'lo', 'up');
  }
  const hosts = path.join(folder, 'hosts');
  const lines = MACHINES.map((name) => `${addressOf(name)} ${name}\n`);
  writeFileSync(hosts, `127.0.0.1 localhost\n${lines.join('')}`);
  run('mount', '--bind', hosts, '/etc/hosts');
}

/** Pulls the cable of a machine, or plugs it in again. Nothing on it notices but by silence. */
export function cut(name: MachineName, isCut: boolean): void {
  run('ip', 'link', 'set', linkOf(name), isCut ? 'down' : 'up');
}

/** Lets no more than so many kilobits a second through to a machine; `undefined`: as many as there are. */
export function slowDown(name: MachineName, kilobits: number | undefined): void {
  const device = ['dev', linkOf(name), 'root'];
  if (kilobits === undefined) run('tc', 'qdisc', 'del', ...device);
  else
    run('tc', 'qdisc', 'add', ...device, 'tbf', 'rate', `${kilobits}kbit`, 'burst', '3kb', 'latency', '2s');
}
