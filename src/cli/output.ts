import type { Command } from 'commander';
import type { Page } from '../common/list.js';

/** Prints what a command made: a line per field for people, one JSON object on the last line with `--json`. */
export function print(command: Command, result: Record<string, unknown>): void {
  if (isJson(command)) {
    console.log(JSON.stringify(result));
    return;
  }
  const width = Math.max(0, ...Object.keys(result).map((name) => name.length));
  for (const [name, value] of Object.entries(result)) console.log(`${name.padEnd(width)}  ${text(value)}`);
}

/** Prints rows: a line each for people, `{"results": […]}` on the last line with `--json`. */
export function printList(command: Command, rows: readonly Record<string, unknown>[]): void {
  if (isJson(command)) console.log(JSON.stringify({ results: rows }));
  else for (const row of rows) console.log(Object.values(row).map(text).join('  '));
}

/** Whether the caller asked for JSON. */
export function isJson(command: Command): boolean {
  return command.optsWithGlobals<{ json?: boolean }>().json === true;
}

/** All rows of a list, page after page. */
export async function everyPage<T>(read: (page: string) => Promise<Page<T>>): Promise<T[]> {
  const rows: T[] = [];
  for (let number = 1; ; number += 1) {
    const page = await read(String(number));
    rows.push(...page.results);
    if (page.results.length < page.size) return rows;
    if (rows.length >= page.count) return rows;
  }
}

/** One value for people: an instant in UTC, what has parts as JSON. */
export function text(value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
}
