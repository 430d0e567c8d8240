import type { Command } from 'commander';
import { ApiError, InvalidInput } from '../common/errors.js';
import { InvalidEnvironment } from '../config/env.js';

/** Prints what a command made: a line per field for people, one JSON object on the last line with `--json`. */
export function print(command: Command, result: Record<string, unknown>): void {
  if (command.optsWithGlobals<{ json?: boolean }>().json) {
    console.log(JSON.stringify(result));
    return;
  }
  const width = Math.max(0, ...Object.keys(result).map((name) => name.length));
  for (const [name, value] of Object.entries(result)) console.log(`${name.padEnd(width)}  ${text(value)}`);
}

function text(value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
}

/** What went wrong, for whoever typed the command. */
export function explain(error: unknown): string {
  if (error instanceof InvalidEnvironment) return error.message;
  if (error instanceof InvalidInput) {
    return Object.entries(error.fields)
      .map(([field, messages]) => `${field}: ${[messages].flat().map(text).join(' ')}`)
      .join('\n');
  }
  if (error instanceof ApiError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
