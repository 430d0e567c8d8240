import type { Type as Class } from '@nestjs/common';
import type { ApiPropertyOptions } from '@nestjs/swagger';
import { fieldProblems, rulesOf, takenFields } from './field-rules.js';
import { Field, type FieldCheck, type FieldOptions, trimmed } from './fields.js';
import { typeName } from './scalars.js';

/** Where an object keeps the names that it should not have, until it is judged; no field is called so. */
const UNKNOWN = '?';

/**
 * An object with fields of its own, which `type` declares. What is wrong inside is told under its name, by field. `closed`: a
 * name that it doesn't declare is wrong, too, where leaving out a misspelt one would do harm.
 */
export function ObjectField(
  type: Class,
  { closed = false, ...options }: FieldOptions & { closed?: boolean } = {},
): PropertyDecorator {
  const isObject = (value: unknown): value is { [UNKNOWN]?: string[] } => typeName(value) === 'dict';
  const prototype = type.prototype as object;
  const check: FieldCheck = (value) => {
    if (!isObject(value)) return { non_field_errors: [notAnObject(value)] };
    const unknown = value[UNKNOWN] ?? [];
    if (unknown.length === 0) return fieldProblems(prototype, value);
    const told = Object.fromEntries(unknown.map((name) => [name, ['There is no such field.']]));
    return { ...fieldProblems(prototype, value), ...told };
  };
  // made and judged here: class-transformer and class-validator make an object of whatever they are given, also of a number
  const take = (given: unknown): unknown => {
    if (!isObject(given)) return given;
    const unknown = Object.keys(given).filter((name) => !rulesOf(prototype).has(name));
    const kept = closed && unknown.length > 0 && { [UNKNOWN]: unknown };
    return Object.assign(new type() as object, takenFields(prototype, given), kept);
  };
  return Field(check, { type: () => type } as ApiPropertyOptions, options, { take, shape: 'object' });
}

/** An object of texts by names that no DTO declares; what each of them means, its service tells. */
export function DictField(schema: ApiPropertyOptions, options: FieldOptions = {}): PropertyDecorator {
  const isObject = (value: unknown): value is object => typeName(value) === 'dict';
  const check: FieldCheck = (value) =>
    isObject(value) ? undefined : `Expected a dictionary of items but got type "${typeName(value)}".`;
  const take = (given: unknown): unknown =>
    isObject(given)
      ? Object.fromEntries(Object.entries(given).map(([name, value]) => [name, trimmed(value)]))
      : given;
  return Field(check, { type: 'object', ...schema } as ApiPropertyOptions, options, {
    take,
    shape: 'object',
  });
}

/** What is wrong with something that had to be a JSON object. */
export function notAnObject(value: unknown): string {
  return `Invalid data. Expected a dictionary, but got ${typeName(value)}.`;
}
