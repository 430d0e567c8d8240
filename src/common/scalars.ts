import { JsonNumber } from './json-number.js';

/**
 * Which values Django REST Framework takes for a text, an integer, a boolean or a primary key besides the obvious ones.
 * Each function gives the value as the field means it, or what it was given, for the field's rule to refuse.
 */

/** A number for a text, as it was written; none of which a digit could be lost (contract §1). */
export function asText(given: unknown): unknown {
  if (typeof given === 'number') return Number.isSafeInteger(given) ? String(given) : given;
  if (!(given instanceof JsonNumber) || /e/i.test(given.source)) return given;
  if (given.isFloat) return given.source;
  return Number.isSafeInteger(given.value) ? String(given.value + 0) : given;
}

/** Python's `int()` of a text: white space around it, a sign, leading zeros and single underscores are allowed. */
const PYTHON_INTEGER = /^\s*[+-]?\d+(?:_\d+)*\s*$/;
/** Characters of a text that IntegerField reads. */
export const LONGEST_INTEGER = 1000;
/** Where Python begins to write a float with an exponent, which its `int()` doesn't read. */
const FIRST_EXPONENT = 1e16;

/** Python's `int(text)`; `undefined` where that raises. */
export function pythonInteger(text: string): number | undefined {
  if (text.length > LONGEST_INTEGER || !PYTHON_INTEGER.test(text)) return undefined;
  const number = Number(text.replaceAll('_', '')) + 0;
  return Number.isFinite(number) ? number : Math.sign(number) * Number.MAX_VALUE;
}

/** A numeric text for an integer, also with a fraction of zeros: `"5"`, `"5.0"`, `5.0`. */
export function asInteger(given: unknown): unknown {
  if (typeof given === 'string') return pythonInteger(given.replace(/\.0*\s*$/, '')) ?? given;
  if (!(given instanceof JsonNumber)) return given;
  const { value } = given;
  return given.isFloat && !(Number.isInteger(value) && Math.abs(value) < FIRST_EXPONENT) ? given : value;
}

/**
 * A numeric text for a primary key, or a whole number with a fraction of zeros; an empty text names nothing. What would lose
 * digits stays as it is.
 */
export function asKey(given: unknown): unknown {
  if (given === '') return null;
  if (typeof given === 'string') {
    const number = pythonInteger(given);
    return Number.isSafeInteger(number) ? number : given;
  }
  return given instanceof JsonNumber && Number.isSafeInteger(given.value) ? given.value + 0 : given;
}

const TRUE = new Set([
  't',
  'T',
  'y',
  'Y',
  'yes',
  'Yes',
  'YES',
  'true',
  'True',
  'TRUE',
  'on',
  'On',
  'ON',
  '1',
]);
const FALSE = new Set([
  'f',
  'F',
  'n',
  'N',
  'no',
  'No',
  'NO',
  'false',
  'False',
  'FALSE',
  'off',
  'Off',
  'OFF',
  '0',
]);

/** The words and numbers for a boolean. */
export function asBoolean(given: unknown): unknown {
  const value = given instanceof JsonNumber ? given.value : given;
  if (value === 1 || TRUE.has(value as string)) return true;
  if (value === 0 || FALSE.has(value as string)) return false;
  return given;
}

/** The name of a type as DRF's messages say it: Python's. */
export function typeName(value: unknown): string {
  if (value === null || value === undefined) return 'NoneType';
  if (Array.isArray(value)) return 'list';
  if (value instanceof JsonNumber) return value.isFloat ? 'float' : 'int';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float';
  return { string: 'str', boolean: 'bool', object: 'dict' }[typeof value as string] ?? typeof value;
}

/** A value as DRF's messages repeat it. */
export function printable(value: unknown): string {
  return typeof value === 'string' ? value : written(value);
}

/** As Python's `str()` writes it. */
function written(value: unknown): string {
  if (value instanceof JsonNumber) return value.source;
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'string') return quoted(value);
  if (Array.isArray(value)) return `[${value.map(written).join(', ')}]`;
  if (typeof value !== 'object') return JSON.stringify(value);
  return `{${Object.entries(value)
    .map(([name, inner]) => `${quoted(name)}: ${written(inner)}`)
    .join(', ')}}`;
}

/** Python's quotes: single ones, unless the text holds those alone. */
function quoted(text: string): string {
  if (text.includes("'") && !text.includes('"')) return `"${text}"`;
  return `'${text.replaceAll("'", "\\'")}'`;
}
