/**
 * Where a spreadsheet may take a formula to begin, whatever the text came from (ASVS 1.2.10): at the start of a cell and
 * after whatever it may be told to split cells at. The wide forms are the same to some of them. Quotes in between hide nothing:
 * where cells are split at `;`, the `""` that stands for one opens and ends a quoted text, and what follows is the cell.
 */
const FORMULA = /(^|[\t\r\n;,])(?="*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20])/g;

/** One record of RFC 4180, ended by CRLF. Texts are quoted, and defused by an apostrophe where a formula could begin. */
export function csvLine(values: readonly unknown[]): string {
  return `${values.map(cell).join(',')}\r\n`;
}

function cell(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (value instanceof Date) return value.toISOString();
  const text = Array.isArray(value) ? value.join(' ') : value;
  if (typeof text !== 'string') return String(text as number | boolean);
  return `"${text.replace(FORMULA, "$1'").replaceAll('"', '""')}"`;
}
