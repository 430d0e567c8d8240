import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import os from 'node:os';

/** Which cores servers and load generator are pinned to; `undefined` where the system offers no pinning. */
export const CORES =
  os.availableParallelism() >= 2 && spawnSync('taskset', ['-p', String(process.pid)]).status === 0
    ? { server: '0', load: '1' }
    : { server: undefined, load: undefined };

/** What a reader must know of the machine to judge the figures. */
export function describeMachine(postgresVersion) {
  const [cpu] = os.cpus();
  return {
    processor: `${cpu?.model.trim() ?? 'unknown'}, ${os.availableParallelism()} cores`,
    memory: `${Math.round(os.totalmem() / 2 ** 30)} GiB`,
    system: systemName(),
    node: process.version,
    postgresql: postgresVersion,
    pinned: CORES.server
      ? `servers to core ${CORES.server}, load generator to core ${CORES.load} at low priority, PostgreSQL wherever the system puts it`
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
