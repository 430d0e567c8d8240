import { InvalidArgumentError } from 'commander';
import { parseInstant } from '../common/instants.js';
import { parseId } from '../common/ids.js';

/** An id given as an option. */
export function idOption(text: string): number {
  const id = parseId(text);
  if (id === undefined) throw new InvalidArgumentError('It must be an id, a whole number.');
  return id;
}

/** An instant given as an option, with its zone. */
export function instantOption(text: string): Date {
  const instant = parseInstant(text);
  if (!instant) throw new InvalidArgumentError('Use ISO 8601 with a time zone, like 2030-01-31T12:00:00Z.');
  return instant;
}
