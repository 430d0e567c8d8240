import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from './free-port.js';
import { findProgram } from './programs.js';
import { temporaryFolder } from './temporary-folder.js';
import { until } from './until.js';

/** A reverse proxy of deploy/proxies as it stands there, but for addresses and TLS. */
export interface ReverseProxy {
  readonly url: string;
  stop(): Promise<void>;
}

const sample = (name: string): string => readFileSync(path.join('deploy', 'proxies', name), 'utf8');

/** nginx before two instances. */
export function startNginx(ports: readonly [number, number]): Promise<ReverseProxy> {
  return startProxy((port, folder) => {
    const server = /\n {2}server \{\n {4}listen 80;.*?\n {2}\}\n/s; // the one that leads to HTTPS
    const text = sample('nginx.conf')
      .replace(server, '')
      .replace('listen 443 ssl;', `listen 127.0.0.1:${port};`)
      .replaceAll(/^ *ssl_.*\n/gm, '');
    return nginxIn(folder, withPorts(text, ports));
  });
}

/** nginx with this configuration, in the foreground, and with all that it writes in the folder: whoever runs it may. */
export function nginxIn(folder: string, configuration: string): string[] {
  const own = `daemon off;\npid ${folder}/pid;\nerror_log ${folder}/error.log;\n`;
  const bodies = `  client_body_temp_path ${folder}/bodies;\n  proxy_temp_path ${folder}/answers;\n`;
  writeFileSync(
    path.join(folder, 'nginx.conf'),
    `${own}${configuration.replace('\nhttp {\n', (http) => http + bodies)}`,
  );
  return ['nginx', '-p', folder, '-e', `${folder}/error.log`, '-c', `${folder}/nginx.conf`];
}

/** Caddy before two instances. */
export function startCaddy(ports: readonly [number, number]): Promise<ReverseProxy> {
  return startProxy((port, folder) => {
    const text = sample('Caddyfile').replace('auth.example.com', `http://127.0.0.1:${port}`);
    writeFileSync(path.join(folder, 'Caddyfile'), `{\n\tadmin off\n}\n${withPorts(text, ports)}`);
    return ['caddy', 'run', '--adapter', 'caddyfile', '--config', `${folder}/Caddyfile`];
  });
}

const withPorts = (text: string, [first, second]: readonly [number, number]): string =>
  text.replace('127.0.0.1:8000', `127.0.0.1:${first}`).replace('127.0.0.1:8001', `127.0.0.1:${second}`);

/** Starts the program that `configure` names, with its arguments, once it has written what it needs into the folder. */
export async function startProxy(
  configure: (port: number, folder: string) => string[],
): Promise<ReverseProxy> {
  const folder = temporaryFolder();
  chmodSync(folder, 0o755);
  mkdirSync(path.join(folder, 'logs'));
  const port = await freePort();
  const [program = '', ...args] = configure(port, folder);
  const child = spawn(findProgram(program) ?? program, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { PATH: process.env.PATH, HOME: folder },
  });
  const said: string[] = [];
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk.toString()));
  await until(async () => {
    if (child.exitCode !== null) throw new Error(`${program} ended: ${said.join('')}`);
    return (await listens(port)) || delay(20, false);
  });
  return { url: `http://127.0.0.1:${port}`, stop: () => stop(child) };
}

async function stop(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('close', () => socket.destroy());
    socket.once('connect', () => socket.end());
  });
}
