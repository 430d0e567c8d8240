/** What a spreadsheet takes for the start of a formula, wherever the text came from (ASVS 1.2.10). */
const FORMULA = /^[=+\-@\t\r]/;

/** One record of RFC 4180, ended by CRLF. Texts that a spreadsheet would run are defused by an apostrophe. */
export function csvLine(values: readonly unknown[]): string {
  return `${values.map(cell).join(',')}\r\n`;
}

function cell(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (value instanceof Date) return value.toISOString();
  const text = Array.isArray(value) ? value.join(' ') : String(value as string | number | boolean);
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
