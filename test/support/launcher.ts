import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { EmbeddedOptions, EmbeddedPostgres } from '../../src/database/embedded/embedded-postgres.js';

/** A process of its own that has an embedded PostgreSQL. */
export interface Launcher {
  server: Omit<EmbeddedPostgres, 'stop'>;
  /** Sends SIGINT to its process group, as a terminal does for Ctrl-C; resolves when the process has noticed. */
  interrupt(): Promise<void>;
  /** Has it stop() and waits for its end. */
  stop(): Promise<void>;
  /** Ends it as kill -9 does: stop() never runs. */
  kill(): Promise<void>;
}

/** Starts an embedded PostgreSQL in another process, as another account if asked. Rejects with that process's message. */
export async function launch(options: EmbeddedOptions, uid?: number): Promise<Launcher> {
  const child = spawnLauncher(options, uid);
  const ended = once(child, 'exit');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const nextLine = async () => String((await lines.next()).value);
  const told = JSON.parse(await nextLine()) as { server: Launcher['server']; error?: string };
  if (told.error) throw new Error(told.error);
  return {
    server: told.server,
    interrupt: async () => {
      process.kill(-Number(child.pid), 'SIGINT');
      expect(await nextLine()).toBe('interrupted');
    },
    stop: async () => {
      child.stdin.end();
      await ended;
    },
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** The bare process: for a spec that kills it before it has a server. */
export function spawnLauncher(options: EmbeddedOptions, uid?: number) {
  const script = path.join(process.cwd(), 'test', 'support', 'launcher-child.mjs');
  return spawn(process.execPath, [script, JSON.stringify(options)], {
    ...(uid === undefined ? {} : { uid, gid: uid }),
    detached: true, // a process group of its own, as a shell gives to a command
    stdio: ['pipe', 'pipe', 'inherit'],
  });
}
