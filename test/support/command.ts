import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { activeMutant } from './active-mutant.js';

/** What a process left behind. */
export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end, or until it is killed, in an environment of these variables and PATH alone. */
export async function run(
  program: string,
  words: readonly string[],
  {
    cwd = process.cwd(),
    variables = {},
    kill,
  }: { cwd?: string; variables?: Record<string, string>; kill?: AbortSignal } = {},
): Promise<Outcome> {
  const child = spawn(program, words, {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], NODE_NO_WARNINGS: '1', ...activeMutant(), ...variables },
  });
  kill?.addEventListener('abort', () => child.kill('SIGKILL'));
  const [stdout, stderr, [status]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit') as Promise<[number | null]>,
  ]);
  return { status, stdout, stderr };
}

/** Runs a command of the CLI as a process of its own, with these settings and no others. */
export function runCommand(
  words: readonly string[],
  variables: Record<string, string> = {},
  kill?: AbortSignal,
): Promise<Outcome> {
  const child = path.join('test', 'support', 'cli-child.mjs');
  return run(process.execPath, [child], {
    variables: { ...variables, CLI_ARGUMENTS: JSON.stringify(words) },
    ...(kill && { kill }),
  });
}
