// `npm run bench:console`: what a request to the API costs where the service serves the console as well, and where the console
// was not built. Both in turn, in several pairs of processes; into docs/benchmarks.md.
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { Postgres } from './database.mjs';
import { Generator } from './generator.mjs';
import { sample, withKeys } from './requests.mjs';
import { Rounds, takeRounds } from './rounds.mjs';
import { CALLERS, seed } from './seed.mjs';
import { startService } from './service.mjs';
import { requireTypeScript } from '../test/support/typescript-hook.mjs';

const { writeSection } = requireTypeScript(import.meta.url)('../test/support/page-section.ts');

const PAGE = path.join(import.meta.dirname, '..', 'docs', 'benchmarks.md');
const AROUND = ['<!-- console: npm run bench:console -->', '<!-- /console -->'];
const PAIRS = 3;
const ROUNDS = 4;
const SECONDS = 2;
const WITHOUT = {
  nodeOptions: ['--import', pathToFileURL(path.join(import.meta.dirname, 'without-console.mjs')).href],
};

const postgres = new Postgres();
const generator = new Generator(postgres);
const taken = [];
const [load] = os.loadavg();
try {
  const database = await postgres.createMigrated('bench');
  await seed(database, CALLERS);
  const requests = withKeys(sample(CALLERS, CALLERS));
  for (let pair = 0; pair < PAIRS; pair += 1) taken.push(await measurePair(database, requests, pair));
} finally {
  generator.stop();
  await postgres.stop();
}
writeSection(PAGE, AROUND, sectionOf(Rounds.of(taken)));

/** One process that serves the console, and one that doesn't, in turn. */
async function measurePair(database, requests, pair) {
  const served = await startService(database);
  const not = await startService(database, {}, WITHOUT);
  try {
    await mustServe(served, true);
    await mustServe(not, false);
    const contenders = [
      { name: 'served', server: served, requests },
      { name: 'not', server: not, requests },
    ];
    return await takeRounds(generator, contenders, {
      rounds: ROUNDS,
      seconds: SECONDS,
      before: pair * ROUNDS,
    });
  } finally {
    await Promise.all([served.stop(), not.stop()]);
  }
}

/** What is measured is what it is called. */
async function mustServe(server, expected) {
  const { ok, status } = await fetch(server.url);
  if (ok !== expected) throw new Error(`/ was answered ${status}`);
}

function sectionOf(rounds) {
  const ratios = rounds.all('served').map(({ both }, round) => both / rounds.all('not')[round].both);
  const [least, most] = [Math.min(...ratios), Math.max(...ratios)];
  const row = (words, name) => {
    const { median, ...bounds } = rounds.of(name, 'both');
    return `| ${words} | ${median.toFixed(1)} µs (${bounds.least.toFixed(1)}–${bounds.most.toFixed(1)}) | ${rounds.of(name, 'service').median.toFixed(1)} µs |`;
  };
  return [
    '## The console beside the API',
    '',
    `Written by \`npm run bench:console\`: CPU time of a request with an access key, with ${PAIRS} pairs of processes, ${ROUNDS} rounds of ${SECONDS} s ` +
      `in each, in turn (load ${load.toFixed(1)} when it began). Medians (least–most). Serving the console as well takes ` +
      `**${rounds.ratio('served', 'not', 'both').toFixed(3)} times** as much, the median over rounds (${least.toFixed(3)}–${most.toFixed(3)}).`,
    '',
    '| the service | a request, with PostgreSQL | of it, the service |',
    '| --- | --- | --- |',
    row('serves the console', 'served'),
    row('does not', 'not'),
  ];
}
