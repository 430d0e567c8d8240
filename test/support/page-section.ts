import { readFileSync, writeFileSync } from 'node:fs';

/**
 * Puts a section of a page that a command wrote in its place, and leaves what others wrote; at the end, where there was none.
 * `begin` and `end` are the comments around it.
 */
export function writeSection(
  page: string,
  [begin, end]: readonly [begin: string, end: string],
  lines: readonly string[],
): void {
  const text = readFileSync(page, 'utf8');
  const section = [begin, '', ...lines, '', end].join('\n');
  const from = text.indexOf(begin);
  const to = from < 0 ? text.length : text.indexOf(end, from) + end.length;
  const before = (from < 0 ? text : text.slice(0, from)).trimEnd();
  writeFileSync(page, `${`${before}\n\n${section}\n\n${text.slice(to).trim()}`.trimEnd()}\n`);
}
