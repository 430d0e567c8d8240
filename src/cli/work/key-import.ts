import { open } from 'node:fs/promises';
import { OPERATOR } from '../../access/principal.js';
import { KeyImport } from '../../api-access-keys/imported/key-import.js';
import type { Work } from '../command.js';
import { explainFields } from '../failures.js';
import { fromFile } from '../refused.js';
import { wordOf } from './queries.js';

/** Tells of every line that was refused on standard error, too, where somebody reads it. */
export const importKeys: Work = async (services, given, output) => {
  const input = await fromFile(wordOf(given), (file) => open(file));
  const report = await output.progress('lines read', (tell) =>
    services(KeyImport).importLines(OPERATOR, input.readLines(), tell),
  );
  for (const { line, prefix, errors } of report.refused) {
    const why = explainFields(errors).replaceAll('\n', '; ');
    console.error(`line ${line} (${prefix ?? 'no prefix'}) refused: ${why}`);
  }
  if (report.refused.length > 0) process.exitCode = 1;
  output.print(report);
};
