import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { errorCode } from './error-code.js';

/** What a running PostgreSQL writes into its lock files: `postmaster.pid`, and one beside its socket. */
export interface PidFile {
  pid: number;
  /** absent while it starts */
  socketFolder: string | null;
}

/** The lock file of a data folder. */
export function pidFileOf(data: string): string {
  return path.join(data, 'postmaster.pid');
}

/** Reads a lock file; null without one. */
export function readPidFile(file: string): PidFile | null {
  try {
    const lines = readFileSync(file, 'utf8').split('\n');
    const pid = Number(lines[0]);
    return Number.isInteger(pid) && pid > 0 ? { pid, socketFolder: lines[4] || null } : null;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(errorCode(error))) return null;
    throw error;
  }
}

/** Whether a process of that number exists. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
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
