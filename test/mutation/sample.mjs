// `npm run test:mutation -- --sample 150 [--seed N] [--folder name]`: a random sample of all mutants that are in no area, or of
// that what is in one folder;
// `npm run test:mutation -- area --sample 50 [--seed N]`: of an area that takes hours as a whole.
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { AREAS } from './areas.mjs';
import { FOLDERS } from './folders.mjs';
import { Outcomes } from './outcomes.mjs';
import { drawn, population } from './population.mjs';
import { reasonOf } from './survivors.mjs';
import { Trial } from './trial.mjs';

/** Of the drawn mutants so many must be noticed, in percent. */
const FLOOR = 85;
const AT_ONCE = 4; // specs wait for PostgreSQL and for processes as much as they compute

/** Draws, tries and tells; fails below the floor. `recordFigure(how, figure)` keeps what was measured. */
export async function sample({ size, seed, area, folder: only }, recordFigure) {
  const all = await population(area);
  const mutants = drawn(all, size, seed).filter(({ folder }) => only === undefined || folder === only);
  console.log(`${mutants.length} of ${all.length} mutants, seed ${seed}`);
  const tried = await tryAll(mutants);
  const count = (status, list = tried) => list.filter((each) => each.status === status).length;
  const folders = [...new Set(mutants.map(({ folder }) => folder))].sort();
  console.table(
    folders.map((folder) => {
      const own = tried.filter((mutant) => mutant.folder === folder);
      const of = (status) => count(status, own);
      return {
        folder,
        drawn: own.length,
        killed: of('Killed'),
        timeouts: of('Timeout'),
        left: of('Survived'),
      };
    }),
  );
  for (const { key, status } of tried)
    if (status === 'Survived') console.log(`${key}\n    ${reasonOf(key) ?? 'no reason is known yet'}`);
  const [killed, timeouts, left] = ['Killed', 'Timeout', 'Survived'].map((status) => count(status));
  const score = Math.floor((1000 * (killed + timeouts)) / tried.length) / 10;
  const figure =
    `${tried.length} of ${all.length} mutants (seed ${seed}): ${killed} killed by a failing test, ` +
    `${timeouts} by a test that never ended, ${left} left: ${score} %`;
  console.log(figure);
  const how = area === undefined ? '--sample' : `${area} --sample`;
  if (only === undefined) await recordFigure(`npm run test:mutation -- ${how}`, figure);
  if (!(score >= FLOOR)) process.exitCode = 1;
}

/** Tries mutants, each with the specs of its folder. Throws if a spec that noticed one fails without any, too. */
async function tryAll(mutants) {
  const specs = readdirSync('test', { recursive: true, encoding: 'utf8' }).sort();
  const outcomes = new Outcomes();
  const tried = mutants.flatMap((mutant) => {
    const outcome = outcomes.of(mutant.key);
    return outcome ? [{ ...mutant, ...outcome }] : [];
  });
  const rest = mutants.filter(({ key }) => !outcomes.of(key));
  if (tried.length > 0) console.log(`${tried.length} were noticed before`);
  const trials = Array.from({ length: AT_ONCE }, () => new Trial());
  const work = async (trial) => {
    for (let mutant = rest.shift(); mutant; mutant = rest.shift()) {
      const result = await trial.try(mutant, inOrder(specs, mutant, tried, outcomes.lastBy(mutant.key)));
      tried.push({ ...mutant, ...result });
      outcomes.keep(mutant.key, result);
      const { status, by = '' } = result;
      console.log(`${tried.length}/${mutants.length} ${status} ${mutant.key.split('\n')[0]} ${by}`);
    }
  };
  try {
    await Promise.all(trials.map(work));
    const noticing = [...new Set(tried.flatMap(({ by }) => by ?? []))];
    const failing = await failingWithoutMutants(trials, noticing);
    for (const spec of failing) outcomes.forget(spec);
    if (failing.length > 0) throw new Error(`Without any mutant fail as well: ${failing.join(', ')}.`);
  } finally {
    for (const trial of trials) trial.remove();
  }
  return tried;
}

/** The specs that fail without a mutant: what they noticed tells nothing, also where they only do so beside others. */
async function failingWithoutMutants(trials, specs) {
  const rest = [...specs];
  const failing = [];
  const check = async (trial) => {
    for (let spec = rest.shift(); spec; spec = rest.shift())
      if ((await trial.run([spec])).status !== 'Survived') failing.push(spec);
  };
  await Promise.all(trials.map(check));
  return failing;
}

/**
 * The paths of the specs of a mutant's folder: first who noticed it before, then whose names have most words in common with
 * its file, and of these first who noticed most of the folder's before.
 */
function inOrder(specs, { file, folder }, tried, last) {
  const { specs: patterns } = FOLDERS[folder] ?? AREAS[folder] ?? {};
  if (!patterns) throw new Error(`test/mutation/folders.mjs names no specs for src/${folder}.`);
  const isNamed = new RegExp(`^(?:${patterns.join('|')})\\.spec\\.ts$`);
  const words = wordsOf(file);
  const common = (spec) => [...wordsOf(spec)].filter((word) => words.has(word)).length;
  const times = (spec) => tried.filter((before) => before.folder === folder && before.by === spec).length;
  return specs
    .filter((spec) => isNamed.test(spec))
    .map((spec) => path.posix.join('test', spec))
    .sort((a, b) => (b === last) - (a === last) || common(b) - common(a) || times(b) - times(a));
}

/** The words of a path, of one form whether of one or of many. */
const wordsOf = (file) =>
  new Set(
    file
      .replace(/ies\b/g, 'y')
      .replace(/s\b/g, '')
      .split(/[^a-z0-9]+/),
  );
