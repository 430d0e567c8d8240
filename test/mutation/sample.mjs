// `npm run test:mutation -- --sample 150 [--seed N] [--folder name]`: a random sample of all mutants that are in no area, or of
// that what is in one folder;
// `npm run test:mutation -- area --sample 50 [--seed N]`: of an area that takes hours as a whole.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
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
  const tried = folders.flatMap((folder) => {
    const own = mutants.filter((mutant) => mutant.folder === folder);
    try {
      return outcomesOf(folder, own);
    } catch (error) {
      console.error(error); // the others are tried all the same, and what is told of them isn't kept as the whole
      return [];
    }
  });
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
  const whole = only === undefined && tried.length === mutants.length;
  if (whole) await recordFigure(`npm run test:mutation -- ${how}`, figure);
  if (!(score >= FLOOR) || tried.length < mutants.length) process.exitCode = 1;
}

/** A `RuntimeError` is a file of specs that fails as it ends: its answers or its secrets are judged there. */
const KILLED = ['Killed', 'RuntimeError'];
const LEFT = ['Survived', 'NoCoverage'];

/** What is known of the mutants of a folder: from an earlier run of the same ones, on the same code and with the same specs, or now. */
function outcomesOf(folder, mutants) {
  const { specs } = specsOf(folder);
  const code = execFileSync('git', ['rev-parse', 'HEAD:src'], { encoding: 'utf8' }).trim();
  const of = JSON.stringify({ code, specs, keys: mutants.map(({ key }) => key) });
  const place = `reports/mutation/sample-${fileNameOf(folder)}.json`;
  const known = existsSync(place) && JSON.parse(readFileSync(place, 'utf8'));
  if (known && known.of === of) return known.tried;
  const tried = tryAll(folder, mutants);
  writeFileSync(place, JSON.stringify({ of, tried }));
  return tried;
}

/** Tries the mutants of a folder. What ran into the time limit is tried once more, alone: a busy machine is slow as well. */
function tryAll(folder, mutants) {
  const tried = run(folder, mutants);
  const slow = tried.filter(({ status }) => status === 'Timeout').map(({ key }) => key);
  if (slow.length === 0) return tried;
  const again = run(
    folder,
    mutants.filter(({ key }) => slow.includes(key)),
    { concurrency: 1, timeoutMS: 120_000 },
  );
  return [...tried.filter(({ key }) => !slow.includes(key)), ...again];
}

function specsOf(folder) {
  const of = FOLDERS[folder] ?? AREAS[folder];
  if (!of) throw new Error(`test/mutation/folders.mjs names no specs for src/${folder}.`);
  return of;
}

const fileNameOf = (folder) => folder.replaceAll('/', '-');

/** Tries the mutants of one folder; gives `{key, folder, status}` of each. */
function run(folder, mutants, limits = {}) {
  const { specs, ownProcess = false } = specsOf(folder);
  mkdirSync('reports/mutation', { recursive: true });
  const flat = fileNameOf(folder);
  const report = `reports/mutation/sample-${flat}-${Math.trunc(performance.now())}.json`;
  const files = [...new Set(mutants.map(({ file }) => file))];
  const keys = mutants.map(({ key }) => key);
  const place = `reports/mutation/sample-${flat}.keys.json`;
  writeFileSync(place, JSON.stringify({ files, specs, ownProcess, limits, report, keys }));
  const { status } = spawnSync('node_modules/.bin/stryker', ['run'], {
    stdio: 'inherit',
    env: { ...process.env, MUTATION_SAMPLE: `${process.cwd()}/${place}` },
  });
  if (status !== 0) throw new Error(`Stryker could not try the mutants of src/${folder}.`);
  const { files: tried } = JSON.parse(readFileSync(report, 'utf8'));
  return Object.entries(tried)
    .flatMap(([file, { mutants: own }]) =>
      own.map(({ location: { start }, mutatorName, replacement = '', status: outcome }) => ({
        key: keyOf(file, start, mutatorName, replacement),
        folder,
        status: outcome,
      })),
    )
    .filter(({ key }) => keys.includes(key));
}
