import { spawnSync } from 'node:child_process';

/**
 * Tells what was measured; the commands of package.json that measure (FIGURES=write) keep it as well, in the row of
 * docs/testing.md that names `row`, with the commit.
 */
export function recordFigure(row: string, figure: string): void {
  console.info(`${row}: ${figure}`);
  if (process.env['FIGURES'] !== 'write') return;
  const { status } = spawnSync(process.execPath, ['test/proof/figures.mjs', row, figure], {
    stdio: 'inherit',
  });
  if (status !== 0) throw new Error(`The figure of ${row} could not be kept.`);
}
