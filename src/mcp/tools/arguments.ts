import type { Type } from '@nestjs/common';
import { type FieldErrors, InvalidInput, MalformedInput } from '../../common/errors.js';
import { Field, IdField, IntegerField, TextField } from '../../common/fields.js';
import { DEFAULT_PAGE_SIZE, LARGEST_PAGE_SIZE, type ListQuery, orderingsOf } from '../../common/list.js';
import { validated } from '../../common/validated.js';
import { fieldsOf, isRequired, isSecret, type JsonSchema, schemaOf } from './json-schema.js';

/** The tenant, as every tool of the product calls it. */
export class OrganizationArgument {
  @IdField({ description: 'The organization: `organization_list.results[].id`.' }) organization_id!: number;
}

/** What confirms a write. */
export class ConfirmArgument {
  @TextField({
    max: 100,
    trim: false,
    optional: true,
    nullable: true,
    description:
      'Leave it out at first: nothing changes, and the answer shows what would, with a token. Call again with the same arguments and the token to do it.',
  })
  confirm_token?: string | null;
}

/** A part of a list, in place of the pages of REST. */
class SliceArguments {
  @IntegerField({
    min: 1,
    max: LARGEST_PAGE_SIZE,
    optional: true,
    description: `Rows to give; ${DEFAULT_PAGE_SIZE} unless told.`,
  })
  limit?: number;

  @IntegerField({ min: 0, optional: true, description: 'Rows to skip.' })
  offset?: number;

  sort_by?: string;
}

/** What REST spells otherwise, by the name of the field there. */
const NAMES: Readonly<Record<string, string>> = {
  organization: 'organization_id',
  user: 'user_id',
  role: 'role_id',
  actor: 'actor_id',
};
/** Of a list's query, what a slice takes the place of, and what is no JSON. */
const NOT_OF_LISTS = ['page', 'page_size', 'ordering', 'format'];
/** What stands for a secret where arguments are shown. */
const HIDDEN = '********';

/** The arguments that one DTO takes. */
interface Part {
  readonly type: Type<object>;
  readonly fields: readonly string[];
}

export type Sent = Readonly<Record<string, unknown>>;

/** What is wrong with the fields of a DTO besides those of which that is `known` (http/lookups.ts). */
type Look = (input: object, known: FieldErrors) => Promise<FieldErrors>;

/** What a tool takes, and what confirms the call. */
type Taken = object & ConfirmArgument;

/** 400: what is wrong with arguments, by the names that they were sent with. */
export class BadArguments extends InvalidInput {}

/** What a tool takes: the fields of DTOs, those of REST's own among them, so that there is one rule for each. */
export class Arguments {
  private readonly parts: readonly Part[];

  constructor(...types: readonly Type<object>[]) {
    this.parts = types.map((type) => ({
      type,
      fields: fieldsOf(type).filter((field) => !(isList(type) && NOT_OF_LISTS.includes(field))),
    }));
  }

  /** As JSON Schema, for the list of tools. */
  schema(): JsonSchema {
    const all = this.parts.flatMap(({ type, fields }) => fields.map((field) => ({ type, field })));
    const required = all.filter(({ type, field }) => isRequired(type, field));
    return {
      type: 'object',
      properties: Object.fromEntries(all.map(({ type, field }) => [nameOf(field), schemaOf(type, field)])),
      ...(required.length > 0 && { required: required.map(({ field }) => nameOf(field)) }),
      additionalProperties: false,
    };
  }

  /**
   * The arguments as one object of the DTOs' fields, but for the organization, for which the caller stands. Errors:
   * BadArguments, all at once, also for names that are none, and for what `look` finds wrong with arguments of a good form
   * beside others.
   */
  async take(sent: Sent, look: Look): Promise<Taken> {
    const names = this.parts.flatMap(({ fields }) => fields.map(nameOf));
    const unknown = Object.keys(sent).filter((name) => !names.includes(name));
    const parts = await Promise.all(this.parts.map((part) => judged(part, sent)));
    if (unknown.length === 0 && parts.every(({ problems }) => problems === undefined)) {
      const taken = parts.filter(({ type }) => type !== OrganizationArgument).map(({ input }) => input);
      return Object.assign({}, ...taken) as Taken;
    }
    let all: FieldErrors = Object.fromEntries(unknown.map((name) => [name, ['Unknown argument.']]));
    for (const { input, problems = {} } of parts) {
      all = { ...all, ...named(problems), ...named(await look(input, problems)) };
    }
    throw new BadArguments(all);
  }

  /** The arguments as they may be shown: without secrets. */
  shown(sent: Sent): Sent {
    const secrets = this.parts.flatMap(({ type, fields }) => fields.filter((field) => isSecret(type, field)));
    return Object.fromEntries(
      Object.entries(sent).map(([name, value]) => [name, secrets.includes(name) ? HIDDEN : value]),
    );
  }
}

/** The arguments of a list: its filters and search as in REST, and a slice of it. */
export function listArguments(query: Type<ListQuery>): Type<object>[] {
  const orderings = orderingsOf(query);
  const choices = orderings.flatMap((field) => [field, `-${field}`]);
  class Slice extends SliceArguments {}
  Field(
    (value) => (choices.includes(value as string) ? undefined : `Choose one of ${choices.join(', ')}.`),
    { type: String, enum: choices, description: '`-` in front: descending.' },
    { optional: true },
  )(Slice.prototype, 'sort_by');
  return [query, Slice];
}

/** Taken arguments of a list as the query that its service takes. */
export function queryOf<Q extends ListQuery>(taken: Q & SliceArguments): Q {
  const { limit = DEFAULT_PAGE_SIZE, offset = 0, sort_by: ordering, ...filters } = taken;
  return { ...(filters as unknown as Q), ...(ordering && { ordering }), slice: { limit, offset } };
}

/** One DTO of what was sent, and which of its fields lack their form. */
async function judged(
  part: Part,
  sent: Sent,
): Promise<{ type: Type<object>; input: object; problems?: FieldErrors }> {
  const { type } = part;
  try {
    return { type, input: await validated(type, fieldsIn(sent, part)) };
  } catch (error) {
    if (!(error instanceof MalformedInput)) throw error;
    return { type, input: error.input, problems: error.fields };
  }
}

/** What was refused in the words of REST, by the names of the arguments. */
export function named(fields: FieldErrors): FieldErrors {
  return Object.fromEntries(Object.entries(fields).map(([field, problem]) => [nameOf(field), problem]));
}

function isList(type: Type<object>): boolean {
  return orderingsOf(type as Type<ListQuery>).length > 0;
}

function nameOf(field: string): string {
  return NAMES[field] ?? field;
}

function fieldsIn(sent: Sent, { fields }: Part): object {
  return Object.fromEntries(
    fields.flatMap((field) => (Object.hasOwn(sent, nameOf(field)) ? [[field, sent[nameOf(field)]]] : [])),
  );
}
