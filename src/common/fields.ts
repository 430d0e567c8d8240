import { applyDecorators, type Type as Class } from '@nestjs/common';
import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import { registerDecorator, ValidateNested } from 'class-validator';
import { skeletonOf } from './look-alikes.js';

/**
 * The fields that request bodies and queries are made of. One decorator per kind of field: it validates, says what is
 * wrong in the words of Django REST Framework (the clients of this API parse those), and writes the OpenAPI schema, so
 * that rule, text and document can't drift apart.
 */
interface FieldOptions {
  /** May be left out. Default: required. */
  optional?: boolean;
  /** May be `null`. Default: not. */
  nullable?: boolean;
  description?: string;
  example?: unknown;
}

/** Says what is wrong with a value, or nothing. */
type Check = (value: unknown) => string | undefined;

/** A field of your own kind: `check` sees every value that is neither absent nor null. */
export function Field(
  check: Check,
  schema: ApiPropertyOptions,
  options: FieldOptions = {},
  rule = 'field',
): PropertyDecorator {
  const { optional = false, nullable = false, ...documented } = options;
  const judge = (value: unknown): string | undefined => {
    if (value === undefined) return optional ? undefined : 'This field is required.';
    if (value === null) return nullable ? undefined : 'This field may not be null.';
    return check(value);
  };
  return applyDecorators(
    ApiProperty({
      ...schema,
      ...documented,
      required: !optional,
      ...(nullable && { nullable }),
    } as ApiPropertyOptions),
    (target: object, propertyName: string | symbol) => {
      registerDecorator({
        name: rule,
        target: target.constructor,
        propertyName: propertyName as string,
        validator: {
          validate: (value: unknown) => judge(value) === undefined,
          defaultMessage: (argument) => judge(argument?.value) ?? '',
        },
      });
    },
  );
}

const trimmed = Transform(({ value }: { value: unknown }) =>
  typeof value === 'string' ? value.trim() : value,
);

/** What PostgreSQL can't store or a log line must not carry: NUL and unpaired surrogates. */
export function textProblem(value: string): string | undefined {
  if (value.includes('\0')) return 'Null characters are not allowed.';
  if (!value.isWellFormed()) return 'Not a valid string.';
  return undefined;
}

/** What nobody sees: control and format characters, and line separators. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
const ALL_SEEN = '[^\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]*$';

function unseenProblem(name: string): string | undefined {
  if (UNSEEN.test(name)) return 'Control and format characters are not allowed.';
  return name !== '' && skeletonOf(name) === '' ? 'This field may not be blank.' : undefined;
}

/** What is left of it after trimming is not nothing. */
const NOT_BLANK = '\\S';

/** The number of characters, or something larger than `max`: a long text isn't taken apart to be told that it is. */
function lengthUpTo(max: number, text: string): number {
  return text.length > 2 * max ? text.length : [...text].length;
}

interface TextOptions extends FieldOptions {
  min?: number;
  max: number;
  /** Passwords and keys are taken as they are; everything else loses the white space around it, as in DRF. */
  trim?: boolean;
  blank?: boolean;
  /** A name that people tell things apart by: every character of it is seen. */
  visible?: boolean;
}

/**
 * Text of `min` to `max` characters (code points, as PostgreSQL and JSON Schema count them), trimmed unless told
 * otherwise.
 */
export function TextField({
  min = 0,
  max,
  trim = true,
  blank = false,
  visible = false,
  ...options
}: TextOptions): PropertyDecorator {
  const check: Check = (value) => {
    if (typeof value !== 'string') return 'Not a valid string.';
    if (value === '' && !blank) return 'This field may not be blank.';
    const length = lengthUpTo(max, value);
    if (length < min) return `Ensure this field has at least ${min} characters.`;
    if (length > max) return `Ensure this field has no more than ${max} characters.`;
    return textProblem(value) ?? (visible ? unseenProblem(value) : undefined);
  };
  const schema = {
    type: String,
    minLength: blank ? min : Math.max(1, min),
    maxLength: max,
    ...(trim && !blank && { pattern: NOT_BLANK }),
    ...(visible && { pattern: blank ? `^${ALL_SEEN}` : `^(?=.*${NOT_BLANK})${ALL_SEEN}` }),
  };
  return applyDecorators(...(trim ? [trimmed] : []), Field(check, schema, options));
}

/** One of a fixed set of words. */
export function ChoiceField(choices: readonly string[], options: FieldOptions = {}): PropertyDecorator {
  const check: Check = (value) =>
    choices.includes(value as string) ? undefined : `"${printable(value)}" is not a valid choice.`;
  return Field(check, { type: String, enum: [...choices] }, options);
}

/** The largest id there is: PostgreSQL's `integer`. */
export const LARGEST_ID = 2_147_483_647;

/** A whole number from `min` to `max`. */
export function IntegerField({
  min = -LARGEST_ID,
  max = LARGEST_ID,
  ...options
}: FieldOptions & { min?: number; max?: number } = {}): PropertyDecorator {
  const check: Check = (value) => {
    if (typeof value !== 'number' || !Number.isInteger(value)) return 'A valid integer is required.';
    if (value < min) return `Ensure this value is greater than or equal to ${min}.`;
    if (value > max) return `Ensure this value is less than or equal to ${max}.`;
    return undefined;
  };
  return Field(check, { type: 'integer', minimum: min, maximum: max }, options);
}

/** The id of another object. Whether that object exists, and may be named by this caller, its service tells. */
export function IdField(options: FieldOptions = {}): PropertyDecorator {
  return IntegerField({ min: 1, ...options });
}

/** `true` or `false`, and nothing that merely looks like it. */
export function BooleanField(options: FieldOptions = {}): PropertyDecorator {
  return Field(
    (value) => (typeof value === 'boolean' ? undefined : 'Must be a valid boolean.'),
    { type: Boolean },
    options,
  );
}

/** A list of words of a fixed set, each at most once. */
export function ChoiceListField(choices: readonly string[], options: FieldOptions = {}): PropertyDecorator {
  const check: Check = (value) => {
    if (!Array.isArray(value)) return `Expected a list of items but got type "${typeName(value)}".`;
    const wrong = value.find((item) => !choices.includes(item as string));
    if (wrong !== undefined || value.includes(undefined))
      return `"${printable(wrong)}" is not a valid choice.`;
    return new Set(value).size === value.length ? undefined : 'Ensure this list has no repeated items.';
  };
  const schema = { type: 'array', items: { type: 'string', enum: [...choices] }, uniqueItems: true };
  return Field(check, schema as ApiPropertyOptions, options);
}

/** A list of `min` to `max` texts of any form; what each of them means, its service tells one by one. */
export function TextListField({
  min,
  max,
  ...options
}: FieldOptions & { min: number; max: number }): PropertyDecorator {
  const check: Check = (value) => {
    if (!Array.isArray(value)) return `Expected a list of items but got type "${typeName(value)}".`;
    if (value.length === 0 && min > 0) return 'This list may not be empty.';
    if (value.length < min) return `Ensure this field has at least ${min} elements.`;
    if (value.length > max) return `Ensure this field has no more than ${max} elements.`;
    return value.every((item) => typeof item === 'string') ? undefined : 'Not a valid string.';
  };
  const schema = { type: 'array', items: { type: 'string' }, minItems: min, maxItems: max };
  return Field(check, schema as ApiPropertyOptions, options);
}

/** ISO 8601 with a zone, to the year 9998: naive times are refused, for nobody knows which instant they mean. */
const INSTANT = /^(\d{4})-(\d{2})-(\d{2})T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?(?:Z|[+-]\d{2}:\d{2})$/;

/** The instant that `text` names, or `undefined` when it doesn't name one (no zone, no such day, beyond the year 9998). */
export function parseInstant(text: string): Date | undefined {
  const parts = INSTANT.exec(text);
  if (!parts) return undefined;
  const [, year, month, day] = parts;
  const daysInMonth = new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate();
  if (Number(month) < 1 || Number(month) > 12 || Number(day) < 1 || Number(day) > daysInMonth)
    return undefined;
  const instant = new Date(text);
  if (Number.isNaN(instant.getTime()) || Number(year) < 1970 || Number(year) > 9998) return undefined;
  return instant;
}

/**
 * An instant, as ISO 8601 text with a zone. Whether it lies in the future is judged where it is stored, by the
 * database's clock.
 */
export function InstantField(options: FieldOptions = {}): PropertyDecorator {
  const check: Check = (value) =>
    typeof value === 'string' && parseInstant(value)
      ? undefined
      : 'Datetime has wrong format. Use ISO 8601 with a time zone, like 2030-01-31T12:00:00Z.';
  return Field(check, { type: String, format: 'date-time' }, options);
}

/** An object with fields of its own, which `type` declares. What is wrong inside is told under its name, by field. */
export function ObjectField(type: Class, options: FieldOptions = {}): PropertyDecorator {
  const isObject = (value: unknown): boolean => typeof value === 'object' && !Array.isArray(value);
  const check: Check = (value) => (isObject(value) ? undefined : notAnObject(value));
  return applyDecorators(
    Type(() => type),
    ValidateNested(),
    Field(check, { type: () => type } as ApiPropertyOptions, options, 'object'), // validated.ts knows this rule
  );
}

/** What is wrong with something that had to be a JSON object. */
export function notAnObject(value: unknown): string {
  return `Invalid data. Expected a dictionary, but got ${typeName(value)}.`;
}

/** The name of a JSON type, as DRF's messages say it. */
function typeName(value: unknown): string {
  if (value === null) return 'NoneType';
  if (Array.isArray(value)) return 'list';
  return (
    { string: 'str', number: 'int', boolean: 'bool', object: 'dict' }[typeof value as string] ?? typeof value
  );
}

function printable(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}
