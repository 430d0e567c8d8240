import { spawnSync } from 'node:child_process';

/**
 * Tells what was measured and keeps it in the row of docs/testing.md that names `row`, with the commit: for the commands of
 * package.json that measure (FIGURES=write). Elsewhere it does nothing.
 */
export function recordFigure(row: string, figure: string): void {
  if (process.env['FIGURES'] !== 'write') return;
  console.info(`${row}: ${figure}`);
  const { status } = spawnSync(process.execPath, ['test/proof/figures.mjs', row, figure], {
    stdio: 'inherit',
  });
  if (status !== 0) throw new Error(`The figure of ${row} could not be kept.`);
}
