import type { Type } from '@nestjs/common';
import { rulesOf } from '../../common/field-rules.js';

/** A JSON Schema, as far as tools need it. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** What `@ApiProperty()` keeps of a field, which the field decorators write (common/fields.ts). */
interface Documented extends JsonSchema {
  readonly type?: unknown;
  readonly required?: boolean;
  readonly nullable?: boolean;
  readonly enum?: readonly unknown[];
}

const TYPES = new Map<unknown, string>([
  [String, 'string'],
  [Boolean, 'boolean'],
  [Number, 'number'],
]);

/** Of a schema, what helps an assistant to call rightly. Patterns are left out: some assistants refuse what they can't read. */
const KEPT = [
  'description',
  'format',
  'minimum',
  'maximum',
  'minLength',
  'maxLength',
  'items',
  'minItems',
  'maxItems',
  'uniqueItems',
  'additionalProperties',
  'default',
  'writeOnly',
];

/** The fields of a DTO in the order of their declaration. */
export function fieldsOf(type: Type<object>): string[] {
  return [...rulesOf(type.prototype as object).keys()];
}

/** Whether a field must be sent. */
export function isRequired(type: Type<object>, field: string): boolean {
  return documented(type, field).required !== false;
}

/** Whether a field is a secret: it goes in and never comes out. */
export function isSecret(type: Type<object>, field: string): boolean {
  return documented(type, field)['writeOnly'] === true;
}

/** A field of a DTO as the OpenAPI document has it, in plain JSON Schema (2020-12). */
export function schemaOf(type: Type<object>, field: string): JsonSchema {
  const { type: declared, nullable, enum: choices, ...rest } = documented(type, field);
  const name = TYPES.get(declared) ?? declared;
  if (typeof name !== 'string') throw new Error(`${type.name}.${field} has no type that a tool can show.`);
  return {
    type: nullable ? [name, 'null'] : name,
    ...(choices && { enum: nullable ? [...choices, null] : choices }),
    ...Object.fromEntries(KEPT.flatMap((key) => (key in rest ? [[key, rest[key]]] : []))),
  };
}

function documented({ prototype }: Type<object>, field: string): Documented {
  return Reflect.getMetadata('swagger/apiModelProperties', prototype as object, field) as Documented;
}
