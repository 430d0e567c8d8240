import type { Schema } from '../contract/api-document.js';
import { typesOf } from './good-values.js';

/** A value that a schema doesn't allow, and what is wrong with it. */
export interface BadValue {
  readonly what: string;
  readonly value: unknown;
}

const OF_TYPE: Readonly<Record<string, readonly unknown[]>> = {
  null: [null],
  boolean: [true],
  integer: [7],
  number: [1.5, 1e21, -1e308],
  string: ['text', ''],
  array: [[], [[]], [null]],
  object: [{}, { $ne: null }, { toString: 'x' }],
};

/** What a text is taken of besides, and so nothing wrong: a number that loses no digit (contract §1). */
const TEXTS_TOO: readonly unknown[] = [7, 1.5];

/** Values of which each must be refused: wrong types, lengths, words, and what no text may hold. */
export function badValues(schema: Schema): BadValue[] {
  const choices = schema.oneOf ?? schema.anyOf;
  if (choices) {
    const types = choices.flatMap(typesOf);
    return types.includes('any') ? [] : ofWrongType(types);
  }
  if (schema.allOf) return schema.allOf.flatMap(badValues);
  const types = schema.enum ? schema.enum.map(typeName) : typesOf(schema);
  if (types.includes('any')) return [];
  return [
    ...ofWrongType(types),
    ...(schema.enum ? badWords(schema.enum) : []),
    ...(types.includes('string') && !schema.enum ? badTexts(schema) : []),
    ...(types.includes('integer') ? badIntegers(schema) : []),
    ...(types.includes('array') ? badLists(schema) : []),
    ...(types.includes('object') ? badFields(schema) : []),
  ];
}

/** Objects with one field wrong or missing: `good` gives the others. */
export function badObjects(schema: Schema, good: object): (BadValue & { field: string })[] {
  const { properties = {}, required = [] } = schema;
  const missing = required.map((field) => {
    const value = Object.fromEntries(Object.entries(good).filter(([name]) => name !== field));
    return { field, what: `${field}: left out`, value };
  });
  const wrong = Object.entries(properties).flatMap(([field, rule]) =>
    badValues(rule).map(({ what, value }) => ({
      field,
      what: `${field}: ${what}`,
      value: { ...good, [field]: value },
    })),
  );
  return [...missing, ...wrong];
}

function badFields(schema: Schema): BadValue[] {
  return badObjects(schema, {});
}

const typeName = (value: unknown): string => (value === null ? 'null' : typeof value);

function ofWrongType(types: readonly string[]): BadValue[] {
  return (
    Object.entries(OF_TYPE)
      .filter(([type]) => !types.includes(type))
      .flatMap(([type, values]) => values.map((value) => ({ what: `a ${type}`, value })))
      .filter(({ value }) => !(types.includes('string') && TEXTS_TOO.includes(value)))
      // the empty text is how a form says null
      .filter(({ value }) => !(types.includes('null') && value === ''))
  );
}

function badWords(words: readonly unknown[]): BadValue[] {
  const [first] = words.filter((word) => typeof word === 'string');
  const near = typeof first === 'string' ? [`${first} `, `${first}\0`, swapped(first)] : [];
  return ['no such word', '', '__proto__', ...near]
    .filter((word) => !words.includes(word))
    .map((value) => ({ what: 'another word', value }));
}

const swapped = (word: string): string =>
  word === word.toLowerCase() ? word.toUpperCase() : word.toLowerCase();

function badTexts({ format, minLength = 0, maxLength, pattern }: Schema): BadValue[] {
  const filler = 'x'.repeat(minLength);
  const bad: BadValue[] = [
    { what: 'NUL', value: `a\0b${filler}` },
    { what: 'a lone surrogate', value: `a\ud800b${filler}` },
  ];
  if (maxLength !== undefined) bad.push({ what: 'too long', value: 'x'.repeat(maxLength + 1) });
  if (maxLength !== undefined) bad.push({ what: 'far too long', value: '€'.repeat(15_000) });
  if (minLength > 0) bad.push({ what: 'too short', value: 'x'.repeat(minLength - 1) });
  if (pattern !== undefined && minLength > 0)
    bad.push({ what: 'white space alone', value: ' \t\n\u2003 '.repeat(2) });
  if (format === 'email') bad.push(...of('no address', '', 'a', 'a@b', 'a b@example.com'));
  if (format === 'date-time') bad.push(...of('no instant', ...NO_INSTANTS));
  if (format === 'date')
    bad.push(...of('no date', '2030-02-30', '2030-1-1', 'today', '2030-01-01T00:00:00Z'));
  return bad;
}

const NO_INSTANTS = [
  '',
  'tomorrow',
  '2030-02-30T00:00:00Z',
  '2030-01-01',
  '2030-01-01T00:00:00',
  '1e9',
].concat('99999-01-01T00:00:00Z');

const of = (what: string, ...values: readonly unknown[]): BadValue[] =>
  values.map((value) => ({ what, value }));

function badIntegers({ minimum, maximum }: Schema): BadValue[] {
  const beyond = [minimum !== undefined && minimum - 1, maximum !== undefined && maximum + 1];
  return of(
    'out of range',
    ...beyond.filter((value) => typeof value === 'number'),
    0.5,
    2 ** 53,
    -(2 ** 63),
    1e300,
  );
}

function badLists({ items = {}, minItems = 0, maxItems, uniqueItems }: Schema): BadValue[] {
  const bad = badValues(items).map(({ what, value }) => ({ what: `in the list, ${what}`, value: [value] }));
  // what each text of a list means is told one by one, not refused
  const judged = items.enum ? bad : bad.filter(({ value }) => typeof value[0] !== 'string');
  const [word] = items.enum ?? [];
  return [
    ...judged,
    ...(minItems > 0 ? of('too few', []) : []),
    ...(maxItems === undefined ? [] : of('too many', Array(maxItems + 1).fill(word ?? 'x'))),
    ...(uniqueItems && word !== undefined ? of('twice the same', [word, word]) : []),
  ];
}
