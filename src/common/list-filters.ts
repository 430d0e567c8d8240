import type { ApiPropertyOptions } from '@nestjs/swagger';
import { Field, ifAny, textProblems } from './fields.js';
import { LARGEST_ID } from './ids.js';
import { NAIVE, readInstant } from './instants.js';
import { asInteger, printable } from './scalars.js';

/**
 * The filters of lists, one decorator per kind: like the fields of bodies (fields.ts), but each may be left out, and what is
 * wrong is said in the words of django-filter.
 */
type FilterOptions = Pick<ApiPropertyOptions, 'description'>;

/** `?action=access_key.issued`, of at most `max` characters; a blank one is no filter. */
export function TextFilter(max: number, options: FilterOptions = {}): PropertyDecorator {
  return Field(
    (value) => {
      if (typeof value !== 'string') return 'Not a valid string.';
      const { length } = [...value];
      if (length > max) return `Ensure this value has at most ${max} characters (it has ${length}).`;
      return ifAny(textProblems(value));
    },
    { type: String, maxLength: max },
    { optional: true, ...options },
    { take: (given) => (typeof given === 'string' ? given.trim() || undefined : given) },
  );
}

/** `?organization=7` */
export function IdFilter(options: FilterOptions = {}): PropertyDecorator {
  return NumberFilter({ min: 1, max: LARGEST_ID, ...options });
}

/** `?longest_unused_days=30`: a whole number from `min` to `max`. */
export function NumberFilter({
  min,
  max,
  ...options
}: FilterOptions & { min: number; max: number }): PropertyDecorator {
  return Field(
    (value) => {
      if (!Number.isInteger(value)) return 'Enter a number.';
      if ((value as number) < min) return `Ensure this value is greater than or equal to ${min}.`;
      return (value as number) > max ? `Ensure this value is less than or equal to ${max}.` : undefined;
    },
    { type: 'integer', minimum: min, maximum: max },
    { optional: true, ...options },
    { take: asInteger },
  );
}

const BOOLEANS: Readonly<Record<string, boolean>> = { true: true, 1: true, false: false, 0: false };

/** `?enabled=true`, in any case, or `1` and `0`. */
export function BooleanFilter(options: FilterOptions = {}): PropertyDecorator {
  return Field(
    (value) => (typeof value === 'boolean' ? undefined : 'Must be a valid boolean.'),
    { type: Boolean },
    { optional: true, ...options },
    { take: (given) => BOOLEANS[String(given).toLowerCase()] ?? given },
  );
}

/** `?status=active` */
export function ChoiceFilter(choices: readonly string[], options: FilterOptions = {}): PropertyDecorator {
  return Field(
    (value) =>
      choices.includes(value as string)
        ? undefined
        : `Select a valid choice. ${printable(value)} is not one of the available choices.`,
    { type: String, enum: [...choices] },
    { optional: true, ...options },
  );
}

/** `?expires_before=2030-01-31T12:00:00Z`, a Date for the handler: PostgreSQL knows fewer zones than we take. */
export function InstantFilter(options: FilterOptions = {}): PropertyDecorator {
  const read = (given: unknown): unknown => (typeof given === 'string' ? readInstant(given.trim()) : given);
  return Field(
    (value) => {
      if (value instanceof Date) return undefined;
      return value === 'naive' ? NAIVE : 'Enter a valid date/time.';
    },
    { type: String, format: 'date-time' },
    { optional: true, ...options },
    { take: read },
  );
}

/** `?date_from=2030-01-31`, also `2030-1-31`: behind it, always the former. */
export function DateFilter(options: FilterOptions = {}): PropertyDecorator {
  return Field(
    (value) => (value === NO_DATE ? 'Enter a valid date.' : undefined),
    { type: String, format: 'date' },
    { optional: true, ...options },
    { take: dateOf },
  );
}

const NO_DATE = 'none';

function dateOf(given: unknown): string {
  const text = typeof given === 'string' ? given.trim() : '';
  const midnight = /^[\d-]+$/.test(text) ? readInstant(`${text}T00:00Z`) : undefined;
  return midnight instanceof Date ? midnight.toISOString().slice(0, 'yyyy-mm-dd'.length) : NO_DATE;
}
