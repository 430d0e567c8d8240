import { spawn } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import os from 'node:os';
import path from 'node:path';
import { cpuOfTree } from './database.mjs';
import { CORES } from './machine.mjs';
import { freePort, Server } from './processes.mjs';
import { ANSWER_TEXT } from './servers/answer.mjs';

const PROGRAM = ['/usr/sbin/nginx', '/usr/local/sbin/nginx', '/usr/bin/nginx'].find((file) =>
  existsSync(file),
);
const SAMPLES = path.join(import.meta.dirname, '..', 'deploy', 'gateways', 'nginx');

/** Whether there is an nginx to measure. */
export const hasNginx = PROGRAM !== undefined;

/** What a guarded location asks: nobody, nginx itself, or our check as deploy/gateways has it. */
const CHECKS = {
  none: { check: '', guard: '' },
  nginx: { check: 'location = /_check { internal; return 204; }', guard: 'include guard.conf;' },
  service: { check: 'include check.conf;', guard: 'include guard.conf;' },
};

/** A real nginx in front of a file, one worker, on the servers' core. */
export class Gateway extends Server {
  #service;
  #folder;

  /** `check`: one of CHECKS; `service`: our server, whose check it is. */
  static async start({ check, service }) {
    const port = await freePort();
    const folder = mkdtempSync(path.join(os.tmpdir(), 'bench-nginx-'));
    chmodSync(folder, 0o755); // nginx' worker is another account when we are root
    cpSync(SAMPLES, folder, { recursive: true });
    writeFileSync(path.join(folder, 'answer'), ANSWER_TEXT);
    writeFileSync(path.join(folder, 'nginx.conf'), configOf(port, CHECKS[check], service));
    const words = ['-p', folder, '-e', 'stderr', '-c', path.join(folder, 'nginx.conf')];
    const pinned = CORES.server ? ['taskset', '--cpu-list', CORES.server] : [];
    const [program, ...rest] = [...pinned, PROGRAM, ...words];
    const child = spawn(program, rest, { stdio: ['ignore', 2, 2] });
    const gateway = new Gateway(child, `http://127.0.0.1:${port}`, CORES.server !== undefined);
    gateway.#service = service;
    gateway.#folder = folder;
    try {
      await gateway.ready('nginx');
    } catch (error) {
      await gateway.stop();
      throw error;
    }
    return gateway;
  }

  /** Of nginx and of the service that it asks. */
  async ask(question) {
    const asked = (await this.#service?.ask(question)) ?? { cpuMicroseconds: 0, statements: 0 };
    return { ...asked, gateway: cpuOfTree(this.child.pid) };
  }

  async stop() {
    await super.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function configOf(port, { check, guard }, service) {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (of) => `${of}_temp_path ${of};`,
  );
  return `
daemon off;
worker_processes 1;
pid nginx.pid;
error_log stderr error;
events { worker_connections 1024; }
http {
  access_log off;
  ${temporary.join(' ')}
  keepalive_requests 100000000;
  upstream auth {
    server ${service ? new URL(service.url).host : '127.0.0.1:1'};
    keepalive 64;
    keepalive_requests 100000000;
  }
  include preflight.conf;
  server {
    listen 127.0.0.1:${port};
    location = /healthz { return 200; }
    ${check}
    location / {
      ${guard}
      root .;
      default_type application/json;
      try_files /answer =404;
    }
  }
}
`;
}
