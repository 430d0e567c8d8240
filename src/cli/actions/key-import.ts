import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { OPERATOR } from '../../access/principal.js';
import { KeyImport } from '../../api-access-keys/imported/key-import.js';
import type { Action } from '../command.js';
import { explainFields } from '../failures.js';
import { fromFile } from '../refused.js';
import { wordOf } from './queries.js';

const LINE_FEED = 10;

/** With `--dry-run` nothing is taken, and told what would be. Every line that is refused is told on standard error, too. */
export const importKeys: Action = async (services, given, output) => {
  const dryRun = given.fields['dry_run'] === true;
  const total = await fromFile(wordOf(given), countLines);
  const input = await fromFile(wordOf(given), (file) => open(file));
  const keys = services(KeyImport);
  const report = await output.progress('lines read', (onProgress) => {
    const onLines = (lines: number): void => onProgress(lines, total);
    return dryRun
      ? keys.rehearse(OPERATOR, input.readLines(), onLines)
      : keys.importLines(OPERATOR, input.readLines(), onLines);
  });
  for (const { line, prefix, errors } of report.refused) {
    const why = explainFields(errors).replaceAll('\n', '; ');
    console.error(`line ${line} (${prefix ?? 'no prefix'}) refused: ${why}`);
  }
  if (report.refused.length > 0) process.exitCode = 1;
  output.print(dryRun ? { dry_run: true, ...report } : report);
};

/**
 * So that it is known how many are left; reading alone takes no time beside taking them. `undefined` of a pipe, which can be read
 * but once.
 */
async function countLines(file: string): Promise<number | undefined> {
  if (!(await stat(file)).isFile()) return undefined;
  let lines = 0;
  for await (const piece of createReadStream(file)) {
    for (const byte of piece as Buffer) if (byte === LINE_FEED) lines += 1;
  }
  return lines;
}
