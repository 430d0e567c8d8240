import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** What a running PostgreSQL writes into `postmaster.pid`. */
export interface PidFile {
  pid: number;
  /** absent while it starts */
  socketFolder: string | null;
}

/** Reads `postmaster.pid` in a data folder; null without one. */
export function readPidFile(data: string): PidFile | null {
  try {
    const lines = readFileSync(path.join(data, 'postmaster.pid'), 'utf8').split('\n');
    const pid = Number(lines[0]);
    return Number.isInteger(pid) && pid > 0 ? { pid, socketFolder: lines[4] || null } : null;
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))
      return null;
    throw error;
  }
}

/** Whether a process of that number exists. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/**
 * Whether process `pid` is the PostgreSQL of `data`. A killed one leaves its file behind, and its number may meanwhile be another
 * process's (after a restart of a container it usually is).
 */
export function isPostmaster(pid: number, data: string): boolean {
  return isAlive(pid) && commandLine(pid).includes(data);
}

function commandLine(pid: number): string {
  if (!existsSync('/proc/self/cmdline')) {
    return spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).stdout;
  }
  try {
    return readFileSync(`/proc/${String(pid)}/cmdline`, 'utf8');
  } catch {
    return ''; // ended in between
  }
}
