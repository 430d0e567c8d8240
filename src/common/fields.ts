import { applyDecorators, type Type as Class } from '@nestjs/common';
import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';
import { registerDecorator } from 'class-validator';
import { isIP } from 'node:net';
import { skeletonOf } from './look-alikes.js';
import { asItIs, type FieldRule, type Lookup, type Problem, setRule } from './field-rules.js';
import type { Shape } from './form-values.js';
import { LARGEST_ID } from './ids.js';
import { instantProblem } from './instants.js';
import {
  asBoolean,
  asInteger,
  asKey,
  asText,
  LONGEST_INTEGER,
  printable,
  pythonInteger,
  typeName,
} from './scalars.js';

/**
 * The fields that request bodies and queries are made of. One decorator per kind of field: it takes the forms in which
 * Django REST Framework takes such a value, validates, says what is wrong in its words (the clients of this API parse
 * those), and writes the OpenAPI schema, so that rule, text and document can't drift apart.
 */
export interface FieldOptions {
  /** May be left out. Default: required. */
  optional?: boolean;
  /** May be `null`. Default: not. */
  nullable?: boolean;
  description?: string;
  example?: unknown;
  /** What its service will ask of a value that has this form. */
  lookup?: Class<Lookup>;
}

/** Says what is wrong with a value, or nothing. */
export type FieldCheck = (value: unknown) => Problem | undefined;

/** How a kind of field reads what was sent; without them: the value itself, an empty text for one that is not there. */
interface Reading {
  /** Makes other forms of the value into the one that is checked. */
  take?: FieldRule['take'];
  /** What a form or a query has of it; by default the last text of its name. */
  shape?: Shape;
  /** An empty text is a value. */
  blank?: boolean;
  /** The name of the rule, for class-validator. */
  rule?: string;
}

/** A field of your own kind: `check` sees every value that is neither absent nor null. */
export function Field(
  check: FieldCheck,
  schema: ApiPropertyOptions,
  options: FieldOptions = {},
  { take = asItIs, shape = 'text', blank = false, rule = 'field' }: Reading = {},
): PropertyDecorator {
  const { optional = false, nullable = false, lookup, ...documented } = options;
  const judge: FieldRule['judge'] = (value) => {
    if (value === undefined) return optional ? undefined : 'This field is required.';
    if (value === null) return nullable ? undefined : 'This field may not be null.';
    return check(value);
  };
  const missing = optional ? 'absent' : 'itself';
  const empty = blank ? 'itself' : nullable ? 'null' : missing;
  return applyDecorators(
    ApiProperty({
      ...schema,
      ...documented,
      required: !optional,
      ...(nullable && { nullable }),
    } as ApiPropertyOptions),
    (target: object, propertyName: string | symbol) => {
      setRule(target, String(propertyName), { judge, take, shape, empty, lookup });
      registerDecorator({
        name: rule,
        target: target.constructor,
        propertyName: propertyName as string,
        validator: { validate: (value: unknown) => judge(value) === undefined },
      });
    },
  );
}

/** What PostgreSQL can't store or a log line must not carry: NUL and unpaired surrogates. */
export function textProblems(text: string): string[] {
  const surrogate = /\p{Cs}/u.exec(text)?.[0].codePointAt(0)?.toString(16).toUpperCase();
  return [
    ...(text.includes('\0') ? ['Null characters are not allowed.'] : []),
    ...(surrogate ? [`Surrogate characters are not allowed: U+${surrogate}.`] : []),
  ];
}

/** Problems, if there are any. */
export function ifAny(problems: string[]): string[] | undefined {
  return problems.length > 0 ? problems : undefined;
}

/** What nobody sees: control and format characters, and line separators. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
/** The same for the document, whose readers don't all know classes of Unicode: what there is of it up to U+FFFF. */
const ALL_SEEN =
  '[^\\u0000-\\u001f\\u007f-\\u009f\\u00ad\\u0600-\\u0605\\u061c\\u06dd\\u070f\\u0890-\\u0891\\u08e2\\u180e' +
  '\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u2064\\u2066-\\u206f\\ufeff\\ufff9-\\ufffb]*$';

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

/** A text, or what is taken for one, without the white space around it. */
export function trimmed(given: unknown): unknown {
  const text = asText(given);
  return typeof text === 'string' ? text.trim() : text;
}

interface TextOptions extends FieldOptions {
  max: number;
  /** Passwords and keys are taken as they are; everything else loses the white space around it, as in DRF. */
  trim?: boolean;
  blank?: boolean;
  /** A name that people tell things apart by: every character of it is seen. */
  visible?: boolean;
}

/**
 * Text of at most `max` characters (code points, as PostgreSQL and JSON Schema count them), trimmed unless told otherwise.
 */
export function TextField({
  max,
  trim = true,
  blank = false,
  visible = false,
  ...options
}: TextOptions): PropertyDecorator {
  const check: FieldCheck = (value) => {
    if (typeof value !== 'string') return 'Not a valid string.';
    if (value === '' && !blank) return 'This field may not be blank.';
    const problems = [
      ...(lengthUpTo(max, value) > max ? [`Ensure this field has no more than ${max} characters.`] : []),
      ...textProblems(value),
    ];
    return ifAny(problems) ?? (visible ? unseenProblem(value) : undefined);
  };
  const schema = {
    type: String,
    minLength: blank ? 0 : 1,
    maxLength: max,
    ...(trim && !blank && { pattern: NOT_BLANK }),
    ...(visible && { pattern: blank ? `^${ALL_SEEN}` : `^(?=.*${NOT_BLANK})${ALL_SEEN}` }),
  };
  const take = trim ? trimmed : asText;
  // an empty text that may not be one is told, not passed over
  return Field(check, schema, options, { take, blank: blank || !options.nullable });
}

/** One of a fixed set of words. */
export function ChoiceField(choices: readonly string[], options: FieldOptions = {}): PropertyDecorator {
  const check: FieldCheck = (value) =>
    choices.includes(value as string) ? undefined : `"${printable(value)}" is not a valid choice.`;
  return Field(check, { type: String, enum: [...choices] }, options, { take: asText });
}

/** A whole number from `min` to `max`. */
export function IntegerField({
  min = -LARGEST_ID,
  max = LARGEST_ID,
  ...options
}: FieldOptions & { min?: number; max?: number } = {}): PropertyDecorator {
  const check: FieldCheck = (value) => {
    if (typeof value === 'string' && value.length > LONGEST_INTEGER) return 'String value too large.';
    if (typeof value !== 'number' || !Number.isInteger(value)) return 'A valid integer is required.';
    if (value < min) return `Ensure this value is greater than or equal to ${min}.`;
    if (value > max) return `Ensure this value is less than or equal to ${max}.`;
    return undefined;
  };
  return Field(check, { type: 'integer', minimum: min, maximum: max }, options, { take: asInteger });
}

/** The id of another object. Whether that object exists, and may be named by this caller, its service tells. */
export function IdField(options: FieldOptions = {}): PropertyDecorator {
  const schema = { type: 'integer', minimum: 1, maximum: LARGEST_ID } as const;
  return Field(keyProblem, schema, options, { take: asKey });
}

/** What is wrong with the id of another object, by itself. */
export function keyProblem(value: unknown): string | undefined {
  const isInteger =
    typeof value === 'string' ? pythonInteger(value) !== undefined : typeName(value) === 'int';
  if (!isInteger) return `Incorrect type. Expected pk value, received ${typeName(value)}.`;
  return Number(value) >= 1 && Number(value) <= LARGEST_ID ? undefined : noSuchObject(value);
}

/** The words for the id of an object that isn't there. */
export function noSuchObject(id: unknown): string {
  return `Invalid pk "${printable(id)}" - object does not exist.`;
}

/** An IPv4 or IPv6 address. */
export function AddressField(options: FieldOptions = {}): PropertyDecorator {
  const invalid = 'Enter a valid IPv4 or IPv6 address.';
  const check: FieldCheck = (value) => {
    if (typeof value !== 'string') return invalid;
    if (value === '') return 'This field may not be blank.';
    return ifAny([...textProblems(value), ...(isIP(value) === 0 ? [invalid] : [])]);
  };
  const schema = { anyOf: ['ipv4', 'ipv6'].map((format) => ({ type: 'string', format })) };
  return Field(check, schema, options, { take: trimmed });
}

/** `true` or `false`, or one of the words and numbers for them. */
export function BooleanField(options: FieldOptions = {}): PropertyDecorator {
  return Field(
    (value) => (typeof value === 'boolean' ? undefined : 'Must be a valid boolean.'),
    { type: Boolean },
    options,
    { take: asBoolean },
  );
}

/**
 * An instant, as ISO 8601 text with a zone. Whether it lies in the future is judged where it is stored, by the
 * database's clock.
 */
export function InstantField(options: FieldOptions = {}): PropertyDecorator {
  return Field(instantProblem, { type: String, format: 'date-time' }, options);
}
