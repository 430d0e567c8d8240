import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CORES } from './machine.mjs';

const START_SECONDS = 60;
const REST_MS = 200;
/** Of a core; what a server with nothing to do takes for its timers is far less. */
const BUSY_SHARE = 0.2;
/** What `npm start` runs our service with; the peers get it as well. */
const NODE_OPTIONS = ['--max-semi-space-size=32'];

/** One server under measurement: a process of its own. */
export class Server {
  /** `pinned`: whether it has a core that the load generator doesn't use. */
  constructor(child, url, pinned) {
    this.child = child;
    this.url = url;
    this.pinned = pinned;
  }

  /**
   * Starts `servers/<file>`, pinned unless told otherwise, and waits until it accepts connections. `behind`: what the server
   * under measurement calls, on the load generator's core.
   */
  static async start(file, env, { pinned = true, behind = false, nodeOptions = [] } = {}) {
    const port = await freePort();
    const core = behind ? CORES.load : pinned ? CORES.server : undefined;
    const child = forkOn(core, path.join('servers', file), {
      env: { PATH: process.env.PATH, NODE_ENV: 'production', PORT: String(port), ...env },
      execArgv: ['--expose-gc', ...NODE_OPTIONS, ...nodeOptions],
    });
    const server = new Server(child, `http://127.0.0.1:${port}`, core !== undefined);
    try {
      await server.ready(file);
    } catch (error) {
      await server.stop();
      throw error;
    }
    return server;
  }

  /** Asks servers/probe.mjs in the process: for the `cost` of everything so far, or its `memory` now. */
  async ask(question) {
    const answer = once(this.child, 'message');
    this.child.send(question);
    return (await answer)[0];
  }

  /**
   * Resolves when the process has nothing more to do. A server works on for requests whose client is gone, one that hashes
   * for many seconds, and would take its core from whichever is measured next.
   */
  async rest() {
    let before;
    let after = await this.ask('cost');
    do {
      before = after;
      await sleep(REST_MS);
      after = await this.ask('cost');
    } while ((after.cpuMicroseconds - before.cpuMicroseconds) / 1000 > BUSY_SHARE * REST_MS);
  }

  async stop() {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    await ended;
  }

  async ready(name) {
    const deadline = performance.now() + START_SECONDS * 1000;
    while (performance.now() < deadline && this.child.exitCode === null) {
      const answer = await fetch(`${this.url}/healthz`).catch(() => undefined);
      await answer?.arrayBuffer();
      if (answer) return;
      await sleep(100);
    }
    throw new Error(`${name} did not start; what it said is above.`);
  }
}

/** Forks one of our own files, on one core when told which. */
export function forkOn(core, file, { env = process.env, execArgv = [] } = {}) {
  const script = path.join(import.meta.dirname, file);
  const stdio = ['ignore', 2, 2, 'ipc'];
  if (core === undefined) return fork(script, { env, execArgv, stdio });
  return fork(script, {
    env,
    stdio,
    execPath: 'taskset',
    execArgv: ['--cpu-list', core, process.execPath, ...execArgv],
  });
}

/** A port of 127.0.0.1 that nobody uses. */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return port;
}
