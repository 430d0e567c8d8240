import type { ApiPropertyOptions } from '@nestjs/swagger';
import { readNetwork } from './addresses.js';
import type { FieldErrors } from './errors.js';
import { messagesOf, type Problem } from './field-rules.js';
import { Field, type FieldCheck, type FieldOptions, ifAny, textProblems, trimmed } from './fields.js';
import { asText, printable, typeName } from './scalars.js';

/** A list of words of a fixed set, each at most once. */
export function ChoiceListField(choices: readonly string[], options: FieldOptions = {}): PropertyDecorator {
  const check: FieldCheck = (value) => {
    if (!Array.isArray(value)) return `Expected a list of items but got type "${typeName(value)}".`;
    const wrong = value.find((item) => !choices.includes(item as string));
    if (wrong !== undefined || value.includes(undefined))
      return `"${printable(wrong)}" is not a valid choice.`;
    return new Set(value).size === value.length ? undefined : 'Ensure this list has no repeated items.';
  };
  const schema = { type: 'array', items: { type: 'string', enum: [...choices] }, uniqueItems: true };
  return Field(check, schema as ApiPropertyOptions, options, { take: (given) => given, shape: 'list' });
}

function itemProblem(item: unknown): Problem | undefined {
  if (item === null) return 'This field may not be null.';
  if (typeof item !== 'string') return 'Not a valid string.';
  return item.trim() === '' ? 'This field may not be blank.' : ifAny(textProblems(item));
}

/** A list of `min` to `max` texts of any form; what each of them means, its service tells one by one. */
export function TextListField({
  min,
  max,
  ...options
}: FieldOptions & { min: number; max: number }): PropertyDecorator {
  const check: FieldCheck = (value) => {
    if (!Array.isArray(value)) return `Expected a list of items but got type "${typeName(value)}".`;
    if (value.length === 0 && min > 0) return 'This list may not be empty.';
    if (value.length < min) return `Ensure this field has at least ${min} elements.`;
    if (value.length > max) return `Ensure this field has no more than ${max} elements.`;
    const problems = value.flatMap((item, at) => {
      const problem = itemProblem(item);
      return problem === undefined ? [] : [[String(at), messagesOf(problem)]];
    });
    return problems.length > 0 ? (Object.fromEntries(problems) as FieldErrors) : undefined;
  };
  const schema = {
    type: 'array',
    items: { type: 'string', minLength: 1, pattern: '\\S' },
    minItems: min,
    maxItems: max,
  };
  const take = (given: unknown): unknown => (Array.isArray(given) ? given.map(asText) : given);
  return Field(check, schema as ApiPropertyOptions, options, { take, shape: 'list' });
}

/** How the API document tells of a list of networks. */
export const NETWORKS = {
  type: 'array',
  items: { type: 'string', format: 'cidr', example: '192.0.2.0/24' },
} as const;

/** The longest list of networks. */
const MOST_NETWORKS = 50;

/** A list of networks, from which alone something may be done; an empty one: from everywhere. `readNetworks` takes it. */
export function NetworkListField(options: FieldOptions = {}): PropertyDecorator {
  const check: FieldCheck = (value) => {
    if (!Array.isArray(value)) return `Expected a list of items but got type "${typeName(value)}".`;
    if (value.length > MOST_NETWORKS) return `Ensure this field has no more than ${MOST_NETWORKS} elements.`;
    const problems = value.flatMap((item, at) => {
      const read = typeof item === 'string' ? readNetwork(item) : { problem: 'Not a valid string.' };
      return 'problem' in read ? [[String(at), [read.problem]]] : [];
    });
    return problems.length > 0 ? (Object.fromEntries(problems) as FieldErrors) : undefined;
  };
  const schema = { ...NETWORKS, maxItems: MOST_NETWORKS };
  const take = (given: unknown): unknown => (Array.isArray(given) ? given.map(trimmed) : given);
  return Field(check, schema as ApiPropertyOptions, options, { take, shape: 'list' });
}

/** A checked NetworkListField as it is kept: each network once, in one spelling; `null`: from everywhere. */
export function readNetworks(texts: readonly string[]): string[] | null {
  const networks = texts.flatMap((text) => {
    const read = readNetwork(text);
    return 'network' in read ? [read.network] : [];
  });
  return networks.length > 0 ? [...new Set(networks)] : null;
}
