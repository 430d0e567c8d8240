import type { Command } from 'commander';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { escapeUnsafe, ndjsonLine } from '../audit/ndjson.js';
import { InvalidPage } from '../common/errors.js';
import type { Page } from '../common/list.js';
import type { OnProgress } from '../common/on-progress.js';
import { Progress } from './progress.js';

/** Rows that a list reads at a time. */
const PAGE_SIZE = 100;

/** How a value of a row is shown to people. */
export type Column<T> = readonly [heading: string, value: (row: T) => unknown];

/** Reads the page of this number and size. */
type ReadPage<T> = (page: { page: string; page_size: string }) => Promise<Rows<T>>;

type Rows<T> = Pick<Page<T>, 'count' | 'results'>;

/** What a command prints: for people, or with `--json` one JSON object on the last line. */
export class Output {
  readonly json: boolean;

  constructor(private readonly command: Command) {
    this.json = isJson(command);
  }

  /** Does long work, and tells how far it is: on a terminal, or where it was asked for. */
  async progress<T>(what: string, work: (onProgress: OnProgress) => Promise<T>): Promise<T> {
    const { progress: asked } = this.command.optsWithGlobals<{ progress?: boolean }>();
    const progress = new Progress(what, asked ? 'in lines' : process.stderr.isTTY ? 'in place' : undefined);
    try {
      return await work(progress.onProgress);
    } finally {
      progress.end();
    }
  }

  /** What came out: a line per field for people. */
  print(result: object): void {
    if (this.json) {
      process.stdout.write(ndjsonLine(result));
      return;
    }
    const width = Math.max(0, ...Object.keys(result).map((name) => name.length));
    for (const [name, value] of Object.entries(result)) line(`${name.padEnd(width)}  ${shown(value)}`);
  }

  /** What is kept for another program to read: JSON, whoever asks. */
  file(result: object): void {
    process.stdout.write(ndjsonLine(result));
  }

  /**
   * A list: a table with headings for people, `{"count", "results"}` with `--json`. It is read page by page, and of
   * `limit` rows no more than that.
   */
  async list<T extends object>(
    columns: readonly Column<T>[],
    limit: unknown,
    read: ReadPage<T>,
  ): Promise<void> {
    const most = typeof limit === 'number' ? limit : Infinity;
    const table = new Table(columns);
    const results: T[] = [];
    let [seen, count] = [0, 0];
    const size = Math.min(PAGE_SIZE, most);
    for (let number = 1; ; number += 1) {
      const page = await readOrEnd(() => read({ page: String(number), page_size: String(size) }), number);
      if (!page) break;
      const rows = page.results.slice(0, most - seen);
      if (number === 1) ({ count } = page);
      if (this.json) results.push(...rows);
      else await table.add(rows);
      seen += rows.length;
      if (seen >= most || seen >= page.count || page.results.length < size) break;
    }
    if (this.json) process.stdout.write(ndjsonLine({ count, results }));
    else if (seen < count) console.error(`${seen} of ${count}.`);
  }

  /** The same of rows that are at hand. */
  all<T extends object>(columns: readonly Column<T>[], rows: readonly T[]): Promise<void> {
    return this.list(columns, undefined, () => Promise.resolve({ count: rows.length, results: rows }));
  }

  /** A text of any size as it is. */
  async pass(text: Readable): Promise<void> {
    for await (const piece of text) await write(piece as Buffer);
  }
}

/** A page, or nothing: what comes after the first may have ended meanwhile. */
async function readOrEnd<T>(read: () => Promise<Rows<T>>, number: number): Promise<Rows<T> | undefined> {
  try {
    return await read();
  } catch (error) {
    if (number > 1 && error instanceof InvalidPage) return undefined;
    throw error;
  }
}

/** Lines under headings; as wide as the first rows need. */
class Table<T> {
  private widths: number[] | undefined;

  constructor(private readonly columns: readonly Column<T>[]) {}

  async add(rows: readonly T[]): Promise<void> {
    const cells = rows.map((row) => this.columns.map(([, value]) => shown(value(row))));
    if (!this.widths) cells.unshift(this.columns.map(([heading]) => heading.toUpperCase()));
    const widths = (this.widths ??= this.columns.map((_column, at) =>
      Math.max(...cells.map((row) => row[at]?.length ?? 0)),
    ));
    const lines = cells.map((row) =>
      row
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join('  ')
        .trimEnd(),
    );
    await write(lines.map((text) => `${text}\n`).join(''));
  }
}

/** Whether the caller asked for JSON. */
export function isJson(command: Command): boolean {
  return command.optsWithGlobals<{ json?: boolean }>().json === true;
}

/** Prints what came out of a command. */
export function print(command: Command, result: object): void {
  new Output(command).print(result);
}

function line(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Waits for a reader that is slower. */
async function write(text: string | Buffer): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, 'drain');
}

/** One value for people: an instant in UTC, what has parts as JSON, nothing as `-`; never what a terminal may obey. */
export function shown(value: unknown): string {
  if (value === null || value === undefined) return '-';
  if (value instanceof Date) return value.toISOString();
  return escapeUnsafe(
    typeof value === 'object' ? JSON.stringify(value) : String(value as string | number | boolean),
  );
}
