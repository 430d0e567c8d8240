// `npm run test:quickstart`: clones what is committed here and follows docs/guide/quickstart.md in it, command by command, with
// what `npm start` printed put in where the guide says so. Tells how long a reader waits until the first call is answered; with
// FIGURES=write in docs/testing.md, too. What the commands print is compared by test/guides.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { clearTimeout, setTimeout } from 'node:timers';
import { recordFigure } from '../proof/figures.mjs';

const ROW = 'the Quickstart on a fresh clone';
const LONGEST_MS = 15 * 60_000;
const GUIDES_ORIGIN = 'http://127.0.0.1:8000';

const folder = mkdtempSync(path.join(tmpdir(), 'quickstart-'));
const clone = path.join(folder, 'clone');
const port = await freePort();
const env = { PATH: process.env.PATH, HOME: process.env.HOME, PORT: String(port) };
const began = performance.now();
let service;
try {
  run('git', ['clone', '--quiet', '.', clone], { cwd: process.cwd() });
  const [start, ...steps] = commandsOf(path.join(clone, 'docs', 'guide', 'quickstart.md'));
  if (!start || steps.length < 4)
    throw new Error('The Quickstart has other commands than this script knows.');
  service = spawn('bash', ['-c', start], {
    cwd: clone,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const key = await printedKey(service);
  const started = performance.now();
  const typed = (commands) =>
    run('bash', ['-euo', 'pipefail', '-c', commands.replaceAll(GUIDES_ORIGIN, `http://127.0.0.1:${port}`)], {
      cwd: clone,
      env: { ...env, KEY: key },
    });
  const first = typed(steps[0]);
  const answered = performance.now();
  if (!first.includes('"name":"Demo Exchange"')) throw new Error(`The first call was answered with ${first}`);
  typed(steps.join('\n')); // all of them, in one shell: they build on each other
  const seconds = (from, to) => ((to - from) / 1000).toFixed(from === started ? 1 : 0);
  const figure = `${seconds(began, started)} s to install, build and start, ${seconds(started, answered)} s to the answer of the first call; all ${steps.length} steps done`;
  console.log(`${ROW}: ${figure}`);
  if (process.env.FIGURES === 'write') await recordFigure(ROW, figure);
} finally {
  if (service?.exitCode === null) {
    process.kill(-service.pid, 'SIGTERM');
    await new Promise((resolve) => service.once('exit', resolve));
  }
  rmSync(folder, { recursive: true, force: true });
}

/** The blocks of commands, without the lines that say what to put in. */
function commandsOf(guide) {
  const blocks = [...readFileSync(guide, 'utf8').matchAll(/^```sh\n(.*?)^```$/gms)];
  return blocks.map(([, text]) => text.replaceAll(/^\w+='<[^']+>'$/gm, ''));
}

function run(program, words, options) {
  const { status, stdout, stderr } = spawnSync(program, words, {
    ...options,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (status !== 0) throw new Error(`${program} ${words.join(' ')} ended with ${status}: ${stdout}${stderr}`);
  return stdout;
}

/** The key that the first start prints, once it has printed all that it has to say. */
function printedKey(child) {
  return new Promise((resolve, reject) => {
    let printed = '';
    const giveUp = setTimeout(() => reject(new Error(`The service did not start: ${printed}`)), LONGEST_MS);
    child.stderr.setEncoding('utf8').on('data', (text) => {
      printed += text;
    });
    child.stdout.setEncoding('utf8').on('data', (text) => {
      printed += text;
      const key = /^ +full-access key +(\S+)$/m.exec(printed)?.[1];
      if (!key || !printed.includes('# Session cookie')) return;
      clearTimeout(giveUp);
      resolve(key);
    });
    child.once('exit', (status) => reject(new Error(`The service ended with ${status}: ${printed}`)));
  });
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port: free } = server.address();
      server.close(() => resolve(free));
    });
  });
}
