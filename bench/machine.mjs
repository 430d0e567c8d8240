import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import os from 'node:os';

const COUNT = os.availableParallelism();

/**
 * Cores by number: the one of the server under measurement, the one of everything else (load generator and PostgreSQL), and
 * all; `undefined` where the system offers no pinning.
 */
export const CORES =
  COUNT >= 2 && spawnSync('taskset', ['-p', String(process.pid)]).status === 0
    ? { server: '0', others: '1', all: `0-${COUNT - 1}` }
    : { server: undefined, others: undefined, all: undefined };

/** Leaves the server's core to the server: this process moves to the other one, and what it starts follows. */
export function leaveServerAlone() {
  if (CORES.others) spawnSync('taskset', ['-a', '-cp', CORES.others, String(process.pid)]);
}

/** What a reader must know of the machine to judge the figures. */
export function describeMachine(postgresVersion) {
  const [cpu] = os.cpus();
  return {
    processor: `${cpu?.model.trim() ?? 'unknown'}, ${COUNT} cores`,
    memory: `${Math.round(os.totalmem() / 2 ** 30)} GiB`,
    system: systemName(),
    node: process.version,
    postgresql: postgresVersion,
    pinned: CORES.server
      ? `servers to core ${CORES.server}, load generator and PostgreSQL to core ${CORES.others}`
      : 'no',
    commit: commit(),
  };
}

function systemName() {
  try {
    const name = /^PRETTY_NAME="(.*)"$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1];
    return `${name}, ${os.type()} ${os.release()}`;
  } catch {
    return `${os.type()} ${os.release()}`;
  }
}

function commit() {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], {
      cwd: import.meta.dirname,
      encoding: 'utf8',
    }).trim();
  } catch {
    return 'unknown';
  }
}
