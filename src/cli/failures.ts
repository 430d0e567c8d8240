import { CommanderError } from 'commander';
import { ApiError, type FieldErrors, InvalidInput } from '../common/errors.js';
import { obstacleOf } from '../process/failures.js';
import { shown } from './output.js';
import { CommandRefused } from './refused.js';

/** What went wrong, for whoever typed the command and for whatever reads its `--json`. */
export interface Failure {
  /** The exit status; program.ts lists them. */
  readonly status: 1 | 2 | 3 | 4;
  readonly code: string;
  readonly message: string;
  /** Of bad input: messages by field, as over HTTP. */
  readonly fields?: FieldErrors;
}

/** Says of any error what whoever typed the command can do about it; of a fault of ours, where it happened. */
export function failureOf(error: unknown): Failure {
  if (error instanceof CommanderError) return { status: 2, code: 'usage', message: usage(error) };
  if (error instanceof CommandRefused) return { status: 1, code: 'refused', message: error.message };
  if (error instanceof InvalidInput)
    return { status: 1, code: error.code, message: explainFields(error.fields), fields: error.fields };
  const obstacle = obstacleOf(error);
  if (obstacle) return { status: 3, ...obstacle };
  if (error instanceof ApiError) return { status: 1, code: error.code, message: error.message };
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { status: 4, code: 'fault', message };
}

/** Where the words end at a group, its help is shown, and the error has a word for that in place of a sentence. */
function usage({ code, message }: CommanderError): string {
  if (code === 'commander.help') return 'Name a command: `--help` tells which there are.';
  return message.replace(/^error: /, '');
}

/** Messages by field, a line each. */
export function explainFields(fields: FieldErrors): string {
  return Object.entries(fields)
    .map(([field, messages]) => `${field}: ${[messages].flat().map(shown).join(' ')}`)
    .join('\n');
}
