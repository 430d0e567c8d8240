import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { activeMutant } from './active-mutant.js';
import type { TestApp } from './app.js';

/** A process of its own on the database of a test, which can be killed as kill -9 does. */
interface ChildProcess {
  /** The next line that it tells; nothing once it has ended. */
  nextLine(): Promise<string | undefined>;
  signal(name: NodeJS.Signals): void;
  /** SIGKILL: nothing in it runs any more. Resolves when it is gone. */
  kill(): Promise<void>;
  /** Resolves when it has ended by itself or was killed. */
  readonly ended: Promise<unknown>;
}

/** An instance of the service in a process of its own. */
export interface ServiceProcess extends Pick<ChildProcess, 'kill'> {
  readonly url: string;
}

/** Starts another instance of `test` (same database, same secrets) as its own process: takes a few seconds. */
export async function startServiceProcess(test: TestApp): Promise<ServiceProcess> {
  const { nextLine, kill } = startChild('service-child.mjs', test);
  const url = await nextLine();
  if (url === undefined) throw new Error('The service process ended before it listened.');
  return { url, kill };
}

/** The environment variables that give another process the database and the secrets of `test`. */
export function settingsOf({ env }: TestApp): Record<string, string> {
  return {
    PUBLIC_ORIGIN: String(env.PUBLIC_ORIGIN),
    DATABASE_URL: String(env.DATABASE_URL),
    SECRET_KEY: env.SECRET_KEY,
    PASSWORD_PEPPER: env.PASSWORD_PEPPER,
    JWT_KEYS: JSON.stringify(env.JWT_KEYS),
    SEALING_KEYS: JSON.stringify(env.SEALING_KEYS),
    ...(env.PROVIDER_BASE_URLS && { PROVIDER_BASE_URLS: JSON.stringify(env.PROVIDER_BASE_URLS) }),
    BCRYPT_COST: String(env.BCRYPT_COST),
  };
}

/**
 * Runs a script of this folder as its own process, with the database and the secrets of `test`; `release` is where another
 * release of the service has its files.
 */
export function startChild(
  script: string,
  test: TestApp,
  overrides: Record<string, string> = {},
  release = process.cwd(),
): ChildProcess {
  const child = spawn(process.execPath, [path.join(release, 'test', 'support', script)], {
    cwd: release,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      NODE_ENV: 'test',
      NODE_NO_WARNINGS: '1',
      PATH: process.env['PATH'],
      LOG_LEVEL: 'silent',
      ...settingsOf(test),
      ...activeMutant(),
      ...overrides,
    },
  });
  const ended = once(child, 'exit');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    ended,
    nextLine: async () => {
      const line = (await lines.next()) as IteratorResult<string>;
      return line.done ? undefined : line.value;
    },
    signal: (name) => void child.kill(name),
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
