// A service that knows nothing of keys, guarded by a real nginx as deploy/gateways has it: `npm run demo:gateway`.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const nginx = ['/usr/sbin/nginx', '/usr/local/sbin/nginx', '/usr/bin/nginx'].find((file) => existsSync(file));
if (!nginx) {
  console.error('nginx is not installed (Debian: apt-get install nginx-light).');
  process.exit(1);
}

/** Tells what it is told of the caller. */
const guarded = createServer((request, response) => {
  const identity = Object.entries(request.headers).filter(([name]) => name.startsWith('x-auth-'));
  const told = { method: request.method, path: request.url, ...Object.fromEntries(identity) };
  response.writeHead(200, { 'Content-Type': 'application/json' }).end(`${JSON.stringify(told, null, 2)}\n`);
}).listen(9000, '127.0.0.1');
await once(guarded, 'listening');

const folder = mkdtempSync(path.join(tmpdir(), 'gateway-'));
const config = path.resolve('deploy/gateways/nginx/nginx.conf');
const children = [
  spawn(process.execPath, ['--enable-source-maps', 'dist/src/main.js'], {
    stdio: 'inherit',
    env: { ...process.env, PORT: '8000', TRUSTED_PROXIES: '127.0.0.1' },
  }),
  spawn(nginx, ['-p', folder, '-e', 'stderr', '-c', config, '-g', `daemon off; pid ${folder}/pid;`], {
    stdio: 'inherit',
  }),
];

async function isReady() {
  return globalThis.fetch('http://127.0.0.1:8000/readyz').then(
    ({ ok }) => ok,
    () => false,
  );
}

let ending = false;
async function end() {
  if (ending) return;
  ending = true;
  const running = children.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null);
  const gone = running.map((child) => once(child, 'exit'));
  for (const child of running) child.kill('SIGTERM');
  await Promise.all(gone);
  guarded.close();
  rmSync(folder, { recursive: true, force: true });
}
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => void end());
for (const child of children) child.on('exit', () => void end());

while (!ending && !(await isReady())) await delay(200);
if (!ending) {
  console.log(`
nginx guards a service at http://127.0.0.1:8080 that knows nothing of keys. With one of the demo's keys in KEY:

  curl -i http://127.0.0.1:8080/reports/ -H "Authorization: Api-Key $KEY"           200: what the service is told
  curl -i -X POST http://127.0.0.1:8080/reports/ -H "Authorization: Api-Key $KEY"   403 with a read-only key
  curl -i http://127.0.0.1:8080/reports/                                            401
`);
}
