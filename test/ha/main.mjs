// `npm run test:ha [-- fault …]`: ends with status 1 if a fault violated anything. Everything runs in namespaces of its own
// (network, mounts, processes), so that no packet leaves them and whatever was started ends with this process, even by
// kill -9.
import { spawn, spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { requireTypeScript } from '../support/typescript-hook.mjs';

const INSIDE = 'inside';
const [where, ...names] = process.argv.slice(2);

if (where === INSIDE) {
  const { testHighAvailability } = requireTypeScript(import.meta.url)('./high-availability.ts');
  process.exit((await testHighAvailability(names)) ? 0 : 1);
}

const needed = ['unshare', 'ip', 'tc', 'setpriv', 'patroni', 'etcd', 'haproxy', 'psql'];
const missing = needed.filter((name) => spawnSync('which', [name]).status !== 0);
if (process.getuid() !== 0 || missing.length > 0) {
  console.error(
    process.getuid() === 0
      ? `Missing: ${missing.join(', ')}. Debian: apt-get install patroni etcd-server haproxy postgresql-15 iproute2`
      : 'This makes namespaces, mounts and users of its own: run it as root.',
  );
  process.exit(2);
}

const main = createRequire(import.meta.url).resolve('./main.mjs');
const chosen = where === undefined ? [] : [where, ...names];
// The shell is the first process of the namespace, and as such buries those whose parent was killed.
const inside = ['sh', '-c', '"$@"; exit $?', 'sh', process.execPath, main, INSIDE, ...chosen];
const namespaces = ['--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc'];
const child = spawn('unshare', [...namespaces, ...inside], { stdio: 'inherit' });
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => child.kill('SIGKILL'));
child.on('exit', (code) => process.exit(code ?? 1));
