// Every mutant that the sample may draw, and the draw.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Instrumenter } from '@stryker-mutator/instrumenter';
import { AREAS } from './areas.mjs';
import { folderOf, WIRING } from './folders.mjs';

const SILENT = { isDebugEnabled: () => false, debug() {}, info() {}, warn() {} };

/** Every mutant, with its key, file and folder, of an area, or of everything outside the areas and the wiring, in one order. */
export async function population(area) {
  const isOf = (areas) => {
    const patterns = areas.flatMap(({ mutate }) => mutate.map(patternOf));
    return (file) => patterns.some((pattern) => pattern.test(file));
  };
  const inAnyArea = isOf(Object.values(AREAS));
  const wanted = area === undefined ? (file) => !inAnyArea(file) && !WIRING.test(file) : isOf([AREAS[area]]);
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' })
    .map((file) => path.posix.join('src', file))
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts') && wanted(file))
    .sort()
    .map((name) => ({ name, mutate: true, content: readFileSync(name, 'utf8') }));
  const options = { excludedMutations: [], ignorers: [], plugins: null };
  const { mutants } = await new Instrumenter(SILENT).instrument(files, options);
  return mutants
    .filter(({ status }) => status !== 'Ignored')
    .map(({ fileName: file, location: { start, end }, mutatorName, replacement }) => ({
      key: `${file}:${String(start.line + 1)}:${String(start.column + 1)} ${mutatorName} ${replacement}`,
      file,
      start,
      end,
      mutatorName,
      replacement,
      folder: area ?? folderOf(file),
    }));
}

/** `size` of a list, the same ones for the same seed: Fisher and Yates, over mulberry32. */
export function drawn(list, size, seed) {
  const rest = [...list];
  const random = mulberry32(seed);
  return Array.from({ length: Math.min(size, rest.length) }, () => {
    const [one] = rest.splice(Math.floor(random() * rest.length), 1);
    return one;
  });
}

function mulberry32(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** `src/a/{b,c}.ts` as a regular expression. */
function patternOf(glob) {
  const escaped = glob
    .replace(/[.+^$()|[\]\\]/g, '\\$&')
    .replace(/\{([^}]*)\}/g, (_all, names) => `(?:${names.split(',').join('|')})`)
    .replace(/\*/g, '[^/]*');
  return new RegExp(`^${escaped}$`);
}
