import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync, openSync } from 'node:fs';
import path from 'node:path';
import type { TestApp } from '../support/app.js';
import { GENEROUS_LIMITS } from '../support/app.js';
import { startChild } from '../support/service-process.js';

/** An instance of the service beside a HAProxy of its own, as on a machine of its own. */
export class Instance {
  url = '';
  private child: ReturnType<typeof startChild> | undefined;
  private readonly proxy: ChildProcess;

  /** `port`: where its HAProxy listens. */
  constructor(
    readonly port: number,
    private readonly folder: string,
  ) {
    const log = openSync(path.join(folder, `haproxy-${port}.log`), 'a');
    const configuration = path.join(process.cwd(), 'deploy', 'ha', 'haproxy.cfg');
    this.proxy = spawn('haproxy', ['-db', '-f', configuration], {
      stdio: ['ignore', log, log],
      env: { PATH: process.env.PATH, HAPROXY_BIND: `127.0.0.1:${port}` },
    });
  }

  /** Starts the service; resolves once it listens. */
  async start(test: TestApp, password: string, providerUrl: string): Promise<void> {
    const child = startChild('service-child.mjs', test, {
      DATABASE_URL: databaseUrl('cryptocomply_service', password, this.port),
      PROVIDER_BASE_URLS: JSON.stringify({ H: providerUrl }),
      RATE_LIMITS: GENEROUS_LIMITS,
      LOG_LEVEL: 'error',
    });
    const url = await child.nextLine();
    if (!url) throw new Error('The service ended before it listened.');
    this.url = url;
    this.child = child;
    void this.keepLog(child);
  }

  private async keepLog({ nextLine }: ReturnType<typeof startChild>): Promise<void> {
    const log = path.join(this.folder, `instance-${this.port}.log`);
    for (let line = await nextLine(); line !== undefined; line = await nextLine()) {
      appendFileSync(log, `${line}\n`);
    }
  }

  async stop(): Promise<void> {
    this.child?.signal('SIGTERM');
    await this.child?.ended;
  }

  /** After `stop`. */
  stopProxy(): void {
    this.proxy.kill();
  }
}

/** The database as seen through the HAProxy at this port. */
export function databaseUrl(role: string, password: string, port: number, database = 'cryptocomply'): string {
  return `postgres://${role}:${password}@127.0.0.1:${port}/${database}`;
}
