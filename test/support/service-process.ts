import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { TestApp } from './app.js';

/** An instance of the service in a process of its own, which can be killed as kill -9 does. */
export interface ServiceProcess {
  readonly url: string;
  /** SIGKILL: nothing in it runs any more. Resolves when it is gone. */
  kill(): Promise<void>;
}

/** Starts another instance of `test` (same database, same secrets) as its own process: takes a few seconds. */
export async function startServiceProcess({ env }: TestApp): Promise<ServiceProcess> {
  const child = spawn(process.execPath, [path.join(process.cwd(), 'test', 'support', 'service-child.mjs')], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      NODE_ENV: 'test',
      NODE_NO_WARNINGS: '1',
      PATH: process.env['PATH'],
      LOG_LEVEL: 'silent',
      PUBLIC_ORIGIN: env.PUBLIC_ORIGIN,
      DATABASE_URL: env.DATABASE_URL,
      SECRET_KEY: env.SECRET_KEY,
      PASSWORD_PEPPER: env.PASSWORD_PEPPER,
      JWT_KEYS: JSON.stringify(env.JWT_KEYS),
      BCRYPT_COST: String(env.BCRYPT_COST),
    },
  });
  const ended = once(child, 'exit');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const first = (await lines.next()) as IteratorResult<string>;
  if (first.done) throw new Error('The service process ended before it listened.');
  return {
    url: first.value,
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
