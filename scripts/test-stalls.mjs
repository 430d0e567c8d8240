// `npm run test:stalls`: the suite while what runs it stands still for longer than anybody waits for a connection, again and
// again, as on a machine that is paused. What follows is jest's (a spec's name). What fails here and nowhere else takes the
// machine's time for something it says about the service, or the service does.
import { spawn, spawnSync } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';

const STALL_MS = 3_500;
/** Between two stalls: 8 to 16 seconds, so that they meet every moment of a test in time. */
const pause = () => 8_000 + Math.random() * 8_000;

const suite = spawn('npm', ['test', '--', ...process.argv.slice(2)], { stdio: 'inherit' });
const ended = new Promise((resolve) => suite.once('close', (code) => resolve(code ?? 1)));

/** Every process below the suite's, with its command line. */
function descendants() {
  const { stdout } = spawnSync('ps', ['-eo', 'pid=,ppid=,args=', '--sort', 'start_time'], {
    encoding: 'utf8',
  });
  const below = new Set([suite.pid]);
  const found = [];
  for (const [, pid, parent, args] of stdout.matchAll(/^ *(\d+) +(\d+) (.*)$/gm)) {
    if (!below.has(Number(parent))) continue;
    below.add(Number(pid));
    found.push({ pid: Number(pid), args });
  }
  return found;
}

function signal(processes, name) {
  for (const { pid } of processes) {
    try {
      process.kill(pid, name);
    } catch {
      // It ended meanwhile.
    }
  }
}

for (const name of ['SIGINT', 'SIGTERM']) {
  process.on(name, () => {
    signal(descendants(), 'SIGCONT'); // who stands still hears nothing else
    suite.kill(name);
  });
}

let stalls = 0;
while (await Promise.race([delay(pause(), true, { ref: false }), ended.then(() => false)])) {
  const below = descendants();
  // In turn: the service with its tests, and they together with the browsers, proxies and processes that they started.
  const still = stalls % 2 ? below : below.filter(({ args }) => args.includes('jest'));
  signal(still, 'SIGSTOP');
  await delay(STALL_MS);
  signal(still, 'SIGCONT');
  stalls += 1;
}
console.log(`Stood still ${stalls} times.`);
process.exitCode = await ended;
