// `npm run test:mutation -- --sample 150 [--seed N] [--folder name]`: a random sample of all mutants that are in no area, or of
// that what is in one folder;
// `npm run test:mutation -- area --sample 50 [--seed N]`: of an area that takes hours as a whole.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { AREAS } from './areas.mjs';
import { FOLDERS } from './folders.mjs';
import { drawn, keyOf, population } from './population.mjs';
import { reasonOf } from './survivors.mjs';

/** Of the drawn mutants so many must be noticed, in percent. */
const FLOOR = 85;

/** Draws, tries and tells; fails below the floor. `recordFigure(how, figure)` keeps what was measured. */
export async function sample({ size, seed, area, folder: only }, recordFigure) {
  const all = await population(area);
  const mutants = drawn(all, size, seed).filter(({ folder }) => only === undefined || folder === only);
  console.log(`${mutants.length} of ${all.length} mutants, seed ${seed}`);
  const folders = [...new Set(mutants.map(({ folder }) => folder))].sort();
  const ofKind = (ownProcess) => mutants.filter(({ folder }) => specsOf(folder).ownProcess === ownProcess);
  const runs = await Promise.allSettled([tryAll('own', ofKind(true)), tryAll('shared', ofKind(false))]);
  for (const { reason } of runs) if (reason) throw reason; // not before both have ended: they share a server
  const tried = runs.flatMap(({ value }) => value);
  const count = (...statuses) => tried.filter(({ status }) => statuses.includes(status)).length;
  console.table(
    folders.map((folder) => {
      const own = tried.filter((mutant) => mutant.folder === folder);
      const of = (...statuses) => own.filter(({ status }) => statuses.includes(status)).length;
      return { folder, drawn: own.length, killed: of(...KILLED), timeouts: of('Timeout'), left: of(...LEFT) };
    }),
  );
  const left = tried.filter(({ status }) => LEFT.includes(status));
  for (const { key, status } of left)
    console.log(`${status}: ${key}\n    ${reasonOf(key) ?? 'no reason is known yet'}`);
  const [killed, timeouts] = [count(...KILLED), count('Timeout')];
  const score = Math.floor((1000 * (killed + timeouts)) / (killed + timeouts + left.length)) / 10;
  const figure =
    `${tried.length} of ${all.length} mutants (seed ${seed}): ${killed} killed by a failing test, ` +
    `${timeouts} by a test that never ended, ${left.length} left: ${score} %`;
  console.log(figure);
  const how = area === undefined ? '--sample' : `${area} --sample`;
  const isWhole = killed + timeouts + left.length === mutants.length;
  if (only === undefined && isWhole) await recordFigure(`npm run test:mutation -- ${how}`, figure);
  if (!(score >= FLOOR) || !isWhole) process.exitCode = 1;
}

/** A `RuntimeError` is a file of specs that fails as it ends: its answers or its secrets are judged there. */
const KILLED = ['Killed', 'RuntimeError'];
const LEFT = ['Survived', 'NoCoverage'];

/** Tries mutants. What ran into the time limit is tried once more, alone: a busy machine is slow as well. */
async function tryAll(name, mutants) {
  const tried = await run(name, mutants);
  const slow = tried.filter(({ status }) => status === 'Timeout').map(({ key }) => key);
  const again = await run(
    `${name}-slow`,
    mutants.filter(({ key }) => slow.includes(key)),
    { concurrency: 1, timeoutMS: 120_000 },
  );
  return [...tried.filter(({ key }) => !slow.includes(key)), ...again];
}

/** Tries mutants, each with the specs of its folder; gives `{key, folder, status}` of each. */
async function run(name, mutants, limits = {}) {
  if (mutants.length === 0) return [];
  mkdirSync('reports/mutation', { recursive: true });
  const report = `reports/mutation/sample-${name}.json`;
  const place = `reports/mutation/sample-${name}.drawn.json`;
  writeFileSync(
    place,
    JSON.stringify({
      keys: mutants.map(({ key }) => key),
      specs: Object.fromEntries(mutants.map(({ file, folder }) => [file, specsOf(folder).specs])),
      ownProcess: specsOf(mutants[0].folder).ownProcess,
      limits,
      report,
    }),
  );
  const stryker = spawn('node_modules/.bin/stryker', ['run'], {
    stdio: 'inherit',
    env: { ...process.env, MUTATION_SAMPLE: path.resolve(place) },
  });
  const [status] = await once(stryker, 'exit');
  if (status !== 0) throw new Error(`Stryker could not try the mutants of ${place}.`);
  const { files } = JSON.parse(readFileSync(report, 'utf8'));
  const outcomes = new Map(
    Object.entries(files).flatMap(([file, { mutants: all }]) =>
      all.map(({ location: { start }, mutatorName, replacement = '', status: outcome }) => [
        keyOf(file, start, mutatorName, replacement),
        outcome,
      ]),
    ),
  );
  return mutants.map(({ key, folder }) => ({ key, folder, status: outcomes.get(key) }));
}

/** The specs of a folder or an area, and whether they reach it in a process of its own. */
function specsOf(folder) {
  const { specs, ownProcess = false } = FOLDERS[folder] ?? AREAS[folder] ?? {};
  if (!specs) throw new Error(`test/mutation/folders.mjs names no specs for src/${folder}.`);
  return { specs, ownProcess };
}
