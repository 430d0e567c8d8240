// `npm run test:mutation [-- area…]`: changes the security core in one place at a time and sees that a spec fails.
// `npm run test:mutation -- [area] --sample 150 [--seed N]`: the same with a random sample, of everything else or of the area
// (sample.mjs).
import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { requireTypeScript } from '../support/typescript-hook.mjs';
import { parseArgs } from 'node:util';
import { recordFigure } from '../proof/figures.mjs';
import { AREAS } from './areas.mjs';
import { sample } from './sample.mjs';

/** Runs Stryker, which fails below its threshold, and counts what it reports. */
function run(area) {
  const { status } = spawnSync('node_modules/.bin/stryker', ['run'], {
    stdio: 'inherit',
    env: { ...process.env, MUTATION_AREA: area },
  });
  if (status !== 0) process.exitCode = 1;
  const { files } = JSON.parse(readFileSync(`reports/mutation/${area}.json`, 'utf8'));
  const mutants = Object.values(files).flatMap((file) => file.mutants.map((mutant) => mutant.status));
  const count = (...statuses) => mutants.filter((each) => statuses.includes(each)).length;
  const [killed, timeouts] = [count('Killed'), count('Timeout')];
  return { area, mutants: killed + timeouts + count('Survived', 'NoCoverage'), killed, timeouts };
}

const withScore = (row) => ({
  ...row,
  score: Math.floor((1000 * (row.killed + row.timeouts)) / row.mutants) / 10,
});
const sum = (rows, name) => rows.reduce((total, row) => total + row[name], 0);

/** Goes through the areas, tells their scores and keeps them. */
async function areas(names) {
  const rows = names.map(run);
  const all = { area: 'all', ...Object.fromEntries(COUNTS.map((name) => [name, sum(rows, name)])) };
  console.table([...rows, all].map(withScore));
  for (const { area, mutants, killed, timeouts, score } of rows.map(withScore))
    await recordFigure(area, mutants, killed, timeouts, `${score} %`);
}
const COUNTS = ['mutants', 'killed', 'timeouts'];

const { values, positionals: wanted } = parseArgs({
  allowPositionals: true,
  options: { sample: { type: 'string' }, seed: { type: 'string' }, folder: { type: 'string' } },
});
const { startTestServer } = requireTypeScript(import.meta.url)('../support/test-server.ts');
const server = await startTestServer(); // one for all runs: global-setup.ts takes the one that the environment names
try {
  if (values.sample === undefined) await areas(wanted.length > 0 ? wanted : Object.keys(AREAS));
  else {
    const seed = Number(values.seed ?? randomInt(2 ** 31));
    const [area] = wanted;
    await sample({ size: Number(values.sample), seed, area, folder: values.folder }, recordFigure);
  }
} finally {
  await server.stop();
}
