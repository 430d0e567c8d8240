// Keeps what a command measured in its row of docs/testing.md, with the commit that it was measured at:
// `node test/proof/figures.mjs <row> <value…>`.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import prettier from 'prettier';

const DOCUMENT = 'docs/testing.md';

/** Writes `values` and the commit into the last cells of the row that names `row` in its first or second cell. */
export async function recordFigure(row, ...values) {
  let found = false;
  const lines = readFileSync(DOCUMENT, 'utf8')
    .split('\n')
    .map((line) => {
      const cells = line.split('|').map((cell) => cell.trim());
      if (!cells.slice(1, 3).some((cell) => cell === row || cell.startsWith(`\`${row}\``))) return line;
      found = true;
      const kept = cells.slice(1, -1).slice(0, -values.length - 1);
      return `| ${[...kept, ...values, commit()].join(' | ')} |`;
    });
  if (!found) throw new Error(`${DOCUMENT} has no row for ${row}.`);
  const config = await prettier.resolveConfig(DOCUMENT);
  writeFileSync(DOCUMENT, await prettier.format(lines.join('\n'), { ...config, parser: 'markdown' }));
}

/** The commit of what was measured; a star: with changes that are in none. */
function commit() {
  const git = (...words) => spawnSync('git', words, { encoding: 'utf8' }).stdout.trim();
  const changed = git('status', '--porcelain', '--', 'src', 'migrations', 'test') !== '';
  return `${git('rev-parse', '--short', 'HEAD')}${changed ? '\\*' : ''}`;
}

if (path.resolve(process.argv[1] ?? '') === fileURLToPath(import.meta.url)) {
  const [row, ...values] = process.argv.slice(2);
  await recordFigure(row, ...values);
}
