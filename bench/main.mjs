import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { Postgres } from './database.mjs';
import { Generator } from './generator.mjs';
import { describeMachine } from './machine.mjs';
import { plotOf } from './plot.mjs';
import { ratiosOf } from './ratios.mjs';
import { reportOf } from './report.mjs';
import * as scenarios from './scenarios.mjs';
import { Stage } from './stage.mjs';

const { values: options } = parseArgs({
  options: {
    /** Our roads, the peers, nginx and the pass-through, a round each: under four minutes; writes no file. */
    quick: { type: 'boolean', default: false },
    /** The last line of standard output is one JSON object. */
    json: { type: 'boolean', default: false },
    /** In each process. */
    rounds: { type: 'string' },
    seconds: { type: 'string' },
    /** Minutes of load over which memory is watched, after the warm-up. */
    minutes: { type: 'string', default: '3' },
    /** Scenarios by name, separated by commas; writes no file. */
    only: { type: 'string' },
  },
});
const effort = {
  rounds: Number(options.rounds ?? (options.quick ? 1 : 3)),
  seconds: Number(options.seconds ?? (options.quick ? 2 : 3)),
  processes: options.quick ? 1 : 3,
};
const chosen =
  options.only?.split(',') ?? (options.quick ? ['peers', 'gateway', 'passThrough'] : Object.keys(scenarios));

const started = performance.now();
const minutesSince = (start) => (performance.now() - start) / 60_000;
const postgres = new Postgres();
const generator = new Generator(postgres);
const stage = new Stage(postgres, generator, effort);
const results = {};
try {
  await stage.setUp();
  const [{ server_version: version }] = await stage.database.run('SHOW server_version');
  results.machine = describeMachine(version);
  for (const name of chosen) {
    console.error(`${name}, after ${minutesSince(started).toFixed(1)} minutes`);
    results[name] = await scenarios[name](stage, Number(options.minutes));
    await stage.clear();
  }
} finally {
  await stage.tearDown();
  generator.stop();
  await postgres.stop();
}

results.machine.took = `${minutesSince(started).toFixed(0)} minutes`;
const ratios = ratiosOf(results);
if (!options.quick && !options.only) {
  const docs = path.join(import.meta.dirname, '..', 'docs');
  const page = path.join(docs, 'benchmarks.md');
  writeFileSync(page, `${reportOf(results, ratios, effort).trimEnd()}\n${ofTheConsole(page)}`);
  writeFileSync(path.join(docs, 'benchmarks.svg'), plotOf(results.peers));
}
console.log(reportOf(results, ratios, effort));
if (options.json) console.log(JSON.stringify({ ratios, machine: results.machine, effort }));

/** What `console:vitals` and `bench:console` wrote on the page stays there. */
function ofTheConsole(page) {
  const section = /<!-- console: [^]*<!-- \/console -->/.exec(readFileSync(page, 'utf8'));
  return section ? `\n${section[0]}\n` : '';
}
