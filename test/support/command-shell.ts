import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { activeMutant } from './active-mutant.js';
import type { TestApp } from './app.js';
import { settingsOf } from './service-process.js';

/** What a command printed on standard output, and its exit status. */
export interface Told {
  readonly status: number;
  readonly lines: readonly string[];
}

/** Runs commands of the CLI, one after the other, in a process of its own that is compiled once. */
export interface CommandShell {
  /** As people read it. */
  run(...words: string[]): Promise<Told>;
  /** The exit status, and what `--json` printed. */
  json(...words: string[]): Promise<{ status: number; told: Record<string, unknown> }>;
  close(): Promise<void>;
}

/** Starts one on the database of `test`, with its secrets. */
export function startCommandShell(test: TestApp): CommandShell {
  const child = spawn(process.execPath, [path.join('test', 'support', 'cli-shell-child.mjs')], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: {
      NODE_ENV: 'test',
      NODE_NO_WARNINGS: '1',
      PATH: process.env['PATH'],
      LOG_LEVEL: 'silent',
      ...settingsOf(test),
      ...activeMutant(),
    },
  });
  const ended = once(child, 'exit');
  const output = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const run = async (...words: string[]): Promise<Told> => {
    child.stdin.write(`${JSON.stringify(words)}\n`);
    const lines: string[] = [];
    for (;;) {
      const line = (await output.next()) as IteratorResult<string>;
      if (line.done) throw new Error('The shell ended before its command did.');
      const status = /^\{"exitStatus":(\d)\}$/.exec(line.value)?.[1];
      if (status !== undefined) return { status: Number(status), lines };
      lines.push(line.value);
    }
  };
  return {
    run,
    json: async (...words) => {
      const { status, lines } = await run('--json', ...words);
      return { status, told: JSON.parse(lines.at(-1) ?? '{}') as Record<string, unknown> };
    },
    close: async () => {
      child.stdin.end();
      await ended;
    },
  };
}
