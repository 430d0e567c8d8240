// `npm run test:mutation [-- area…]`: changes the security core in one place at a time and sees that a spec fails.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { requireTypeScript } from '../support/typescript-hook.mjs';
import { AREAS } from './areas.mjs';

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
  const killed = count('Killed', 'Timeout');
  return { area, killed, mutants: killed + count('Survived', 'NoCoverage') };
}

const withScore = (row) => ({ ...row, score: Math.floor((1000 * row.killed) / row.mutants) / 10 });
const sum = (rows, name) => rows.reduce((total, row) => total + row[name], 0);

const wanted = process.argv.slice(2);
const { startTestServer } = requireTypeScript(import.meta.url)('../support/test-server.ts');
const server = await startTestServer(); // one for all runs: global-setup.ts takes the one that the environment names
try {
  const rows = (wanted.length > 0 ? wanted : Object.keys(AREAS)).map(run);
  const all = { area: 'all', killed: sum(rows, 'killed'), mutants: sum(rows, 'mutants') };
  console.table([...rows, all].map(withScore));
} finally {
  await server.stop();
}
