import fc from 'fast-check';
import type { Schema } from '../contract/api-document.js';

/** The longest text and list that is made where the schema sets no limit, or a far one. */
const LONG_ENOUGH = 40;

/** The document allows any instant; what most fields mean is one in the near future. */
const DAY = 86_400_000;
const SOON = {
  min: new Date(Date.now() + DAY),
  max: new Date(Date.now() + 30 * DAY),
  noInvalidDate: true,
};

/** Values that a schema allows. */
export function goodValues(schema: Schema): fc.Arbitrary<unknown> {
  const choices = schema.oneOf ?? schema.anyOf;
  if (choices) return fc.oneof(...choices.map(goodValues));
  if (schema.allOf) return fc.tuple(...schema.allOf.map(goodValues)).map(merged);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  return fc.oneof(...typesOf(schema).map((type) => goodOf(type, schema)));
}

/** The types of a schema; none declared: any form. */
export function typesOf(schema: Schema): string[] {
  return [schema.type ?? 'any'].flat() as string[];
}

function goodOf(type: string, schema: Schema): fc.Arbitrary<unknown> {
  switch (type) {
    case 'null':
      return fc.constant(null);
    case 'boolean':
      return fc.boolean();
    case 'integer':
      return goodInteger(schema);
    case 'string':
      return goodText(schema);
    case 'array':
      return goodList(schema);
    case 'object':
      return goodObject(schema);
    default:
      return fc.jsonValue({ maxDepth: 2 });
  }
}

function goodInteger({ minimum = -2_147_483_647, maximum = 2_147_483_647 }: Schema): fc.Arbitrary<number> {
  return fc.oneof(fc.integer({ min: minimum, max: maximum }), fc.constantFrom(minimum, maximum));
}

/** Well-formed text without NUL: the description of the API says so of all text. */
function goodText(schema: Schema): fc.Arbitrary<string> {
  const { format, pattern, minLength = 0, maxLength = LONG_ENOUGH } = schema;
  if (format === 'date-time') return fc.date(SOON).map((date) => date.toISOString());
  if (format === 'date') return fc.date(SOON).map((date) => date.toISOString().slice(0, 10));
  if (format === 'email') return fc.emailAddress({ size: 'small' });
  if (format === 'ipv4') return fc.ipV4();
  if (format === 'ipv6') return fc.ipV6();
  if (format === 'cidr')
    return fc
      .oneof(fc.ipV4(), fc.ipV6())
      .map((address) => (address.includes(':') ? `${address}/128` : `${address}/32`));
  const most = Math.max(minLength, Math.min(maxLength, LONG_ENOUGH));
  const unit = fc.oneof(
    { weight: 4, arbitrary: fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 1 }) },
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }).filter((text) => text !== '\0'),
    fc.constantFrom('’', 'é', 'ß', '漢', '😀', "'", '"', '%', '\\', '<b>'.slice(0, 1), '\u202e', '\t'),
  );
  const texts = fc.oneof(
    { weight: 4, arbitrary: fc.string({ unit, minLength, maxLength: most }) },
    longest(Math.min(maxLength, 512)),
  );
  if (pattern === undefined) return texts;
  const fits = new RegExp(pattern, 'u');
  // of what looks ahead, fast-check makes no texts
  return pattern.startsWith('^') && !pattern.includes('(?=')
    ? fc.stringMatching(fits)
    : texts.filter((text) => fits.test(text));
}

/** As long as it may be, in characters of two UTF-16 units. */
function longest(length: number): fc.Arbitrary<string> {
  const unit = fc.integer({ min: 0x1f600, max: 0x1f64f }).map((code) => String.fromCodePoint(code));
  return fc.string({ unit, minLength: length, maxLength: length });
}

function goodList({ items = {}, minItems = 0, maxItems = 5, uniqueItems }: Schema): fc.Arbitrary<unknown[]> {
  const size = { minLength: minItems, maxLength: Math.max(minItems, Math.min(maxItems, 5)) };
  return uniqueItems ? fc.uniqueArray(goodValues(items), size) : fc.array(goodValues(items), size);
}

function goodObject(schema: Schema): fc.Arbitrary<object> {
  const { properties = {}, required = [], additionalProperties } = schema;
  if (typeof additionalProperties === 'object') {
    return fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), goodValues(additionalProperties), { maxKeys: 3 });
  }
  const fields = Object.fromEntries(
    Object.entries(properties).map(([name, field]) => [name, goodValues(field)]),
  );
  return fc.record(fields, { requiredKeys: [...required], noNullPrototype: true });
}

const merged = (parts: readonly unknown[]): unknown =>
  parts.length === 1 ? parts[0] : (Object.assign({}, ...parts) as object);
