import { type Content, type Document, operationsOf, type Schema } from './document.js';
import { EXAMPLE_REFUSALS, EXAMPLE_VALUES } from './example-values.js';

/** A time that was, and one that is to come. */
const PAST = '2026-01-31T09:30:00Z';

/** Gives every body and every answer in JSON an example, made from its schema. */
export function giveExamples(document: Document): void {
  const examples = new Examples(document);
  for (const [, , { requestBody, responses }] of operationsOf(document)) {
    give(requestBody?.content['application/json'], (schema) => examples.ofBody(schema));
    for (const [status, { content }] of Object.entries(responses)) {
      const refusal = EXAMPLE_REFUSALS[status];
      give(content?.['application/json'], (schema) =>
        refusal && isRefusal(schema) ? refusal : examples.of(schema),
      );
    }
  }
}

function give(content: Content | undefined, make: (schema: Schema) => unknown): void {
  if (!content?.schema || Object.keys(content.schema).length === 0) return; // of any form: not ours to show
  content.example ??= make(content.schema);
}

const isRefusal = ({ $ref }: Schema): boolean =>
  /\/(?:Error|Unauthenticated|BadRequest|ProviderError)$/.test($ref ?? '');

class Examples {
  constructor(private readonly document: Document) {}

  /** Of a body: what must be in its first form; where nothing must, its first field, so that something is said. */
  ofBody(body: Schema): unknown {
    const given = body.oneOf?.[0] ?? body;
    const schema = this.resolved(given);
    const fields = Object.keys(schema.properties ?? {});
    const shown = schema.required?.length ? schema.required : fields.slice(0, 1);
    return this.ofObject(schema, shown, nameOf(given));
  }

  of(given: Schema, name = '', owner = '', self = name): unknown {
    const own = given.example ?? given.examples?.[0];
    if (own !== undefined) return own;
    const schema = this.resolved(given);
    const known = EXAMPLE_VALUES[`${owner}.${name}`] ?? EXAMPLE_VALUES[name];
    if (known !== undefined && this.fits(known, schema)) return known;
    if (schema !== given) return this.of(schema, name, owner, nameOf(given));
    return this.made(schema, name, self);
  }

  private made(schema: Schema, name: string, self: string): unknown {
    const choice = schema.allOf?.[0] ?? schema.oneOf?.[0] ?? schema.anyOf?.[0];
    if (choice) return this.of(choice, name, self);
    if (schema.const !== undefined) return schema.const;
    if (schema.enum) return schema.enum[0];
    if (schema.default !== undefined) return schema.default;
    if ([schema.type].flat().includes('null')) return null;
    switch ([schema.type].flat()[0]) {
      case 'boolean':
        return false;
      case 'integer':
      case 'number':
        return Math.max(1, schema.minimum ?? 1);
      case 'array':
        return [this.of(schema.items ?? {}, name)];
      case 'object':
        return this.ofObject(schema, Object.keys(schema.properties ?? {}), self);
      case 'string':
        return madeText(schema, name);
      default:
        return {};
    }
  }

  private ofObject({ properties = {} }: Schema, names: readonly string[], owner: string): object {
    return Object.fromEntries(names.map((name) => [name, this.of(properties[name] ?? {}, name, owner)]));
  }

  /** Whether a value that a name stands for is of the type, and of the words, that a schema has. */
  private fits(value: unknown, schema: Schema): boolean {
    const choices = schema.oneOf ?? schema.anyOf;
    if (choices) return choices.some((choice) => this.fits(value, this.resolved(choice)));
    const { type, enum: words, items } = schema;
    if (type === undefined || (words && !words.includes(value))) return false;
    if (Array.isArray(value)) {
      return type === 'array' && value.every((item) => this.fits(item, this.resolved(items ?? {})));
    }
    const is = value === null ? 'null' : typeof value;
    return [type].flat().includes(is === 'number' ? 'integer' : is);
  }

  private resolved(schema: Schema): Schema {
    const name = nameOf(schema);
    if (name === '') return schema;
    const component = this.document.components.schemas[name];
    if (!component) throw new Error(`There is no schema ${name}.`);
    return this.resolved(component);
  }
}

/** Of the component that a schema refers to; nothing for one that stands where it is used. */
const nameOf = ({ $ref = '' }: Schema): string => $ref.split('/').pop() ?? '';

function madeText({ format }: Schema, name: string): string {
  if (format === 'date-time') return PAST;
  return format === 'uri' ? 'https://api.cryptocomply.xyz/' : name.replaceAll('_', ' ');
}
