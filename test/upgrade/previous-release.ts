import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';

/** The commit of the release before this one. */
export const PREVIOUS = readFileSync(path.join('test', 'upgrade', 'previous.txt'), 'utf8').trim();

/** Whether this copy of the repository has it: a shallow one may not. */
export function hasPrevious(): boolean {
  return spawnSync('git', ['cat-file', '-e', `${PREVIOUS}^{commit}`]).status === 0;
}

/** Puts the previous release's files into a folder, with the packages of this one. */
export function checkOutPrevious(folder: string): void {
  mkdirSync(folder, { recursive: true });
  const archive = execFileSync('git', ['archive', PREVIOUS], { maxBuffer: 256 * 1024 * 1024 });
  execFileSync('tar', ['-x', '-C', folder], { input: archive });
  symlinkSync(path.resolve('node_modules'), path.join(folder, 'node_modules'));
}
