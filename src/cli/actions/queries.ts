import type { StreamableFile, Type } from '@nestjs/common';
import { InvalidInput } from '../../common/errors.js';
import { type ListQuery, orderingsOf, Page } from '../../common/list.js';
import { validated } from '../../common/validated.js';
import type { Given } from '../command.js';
import { CommandRefused } from '../refused.js';

/**
 * What was typed as the body that HTTP takes, by the same rules; what has no rule there is left out. Errors:
 * InvalidInput.
 */
export function bodyOf<T extends object>(type: Type<T>, { fields }: Given): Promise<T> {
  return validated(type, { ...fields } as T);
}

/**
 * The page that is wanted of a list, with the filters that were typed, by the rules of the list's query. Errors:
 * InvalidInput, also for an order that the list doesn't know, which HTTP names in a header.
 */
export function queryOf<T extends ListQuery>(
  type: Type<T>,
  { fields }: Given,
  page: Pick<ListQuery, 'page' | 'page_size'>,
): Promise<T> {
  const { ordering } = fields;
  const unknown = typeof ordering === 'string' ? unknownIn(ordering, orderingsOf(type)) : [];
  if (unknown.length > 0) {
    const told = `Unknown: ${unknown.join(', ')}. There is: ${orderingsOf(type).join(', ')}.`;
    throw InvalidInput.field('ordering', told);
  }
  return validated(type, { ...fields, ...page } as T);
}

function unknownIn(ordering: string, known: readonly string[]): string[] {
  const names = ordering.split(',').map((name) => name.trim().replace(/^-/, ''));
  return names.filter((name) => !known.includes(name));
}

/** What a list gives where no format was asked for. */
export function pageOf<T>(found: Page<T> | StreamableFile): Page<T> {
  if (found instanceof Page) return found;
  throw new Error('An export where a page was asked for.');
}

/** What a list gives where a format of an export was asked for. */
export function exportOf(found: Page<unknown> | StreamableFile): StreamableFile {
  if (found instanceof Page) throw new Error('A page where an export was asked for.');
  return found;
}

/** The one argument of a command that takes one. */
export function wordOf({ words: [word] }: Given): string {
  return word as string;
}

/** The same of one that takes an id. */
export function idWordOf({ words: [id] }: Given): number {
  return id as number;
}

/** What changes. Errors: CommandRefused when nothing does. */
export function mustChange<T extends object>(changes: T): T {
  if (Object.values(changes).some((value) => value !== undefined)) return changes;
  throw new CommandRefused('Say what is to change: `--help` names the options.');
}

/** An id that a command requires. */
export function idOf({ fields }: Given, name: string): number {
  return fields[name] as number;
}
