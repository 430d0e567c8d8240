import type { Type as Class } from '@nestjs/common';
import { withPlainNumbers } from './json-number.js';
import type { FieldErrors } from './errors.js';
import { type Shape, textsOf, valueIn } from './form-values.js';

/** What is wrong with a value: a sentence, several, or messages by the parts of it. */
export type Problem = string | string[] | FieldErrors;

/** A problem as answers tell it. */
export function messagesOf(problem: Problem): string[] | FieldErrors {
  return typeof problem === 'string' ? [problem] : problem;
}

/** Who sent an input, and where to: what a lookup may depend on. */
export interface Asker {
  readonly userId: number;
  /** The address that they call from, as far as it is known. */
  readonly from: string | null;
  /** What the path names. */
  readonly params: Readonly<Record<string, string | undefined>>;
}

/**
 * Says what is wrong with a value that has its form, by what is so at this moment: an id names nothing, an instant is past.
 * `input`: the DTO that it is a field of; of the others nothing is known but that they were taken.
 */
export interface Lookup<Value = unknown> {
  problem(value: Value, asker: Asker, input: object): Promise<Problem | undefined>;
}

/** What a field of a DTO does with a value, from the wire to the rule. The decorators of fields.ts make them. */
export interface FieldRule {
  /** Says what is wrong with a taken value, absent and null included; or nothing. */
  readonly judge: (value: unknown) => Problem | undefined;
  /** Other forms in which the value may come, made into the one that the rule judges. */
  readonly take: (given: unknown) => unknown;
  /** What a form or a query has of it. */
  readonly shape: Shape;
  /** What an empty text in a form or a query stands for: itself, `null`, or a field that is not there. */
  readonly empty: 'itself' | 'null' | 'absent';
  /**
   * What the service will ask of the value once the whole input has its form. Here for inputs that don't: their good fields
   * are looked up, too, so that all that is wrong is told at once (http/lookups.ts).
   */
  readonly lookup?: Class<Lookup> | undefined;
}

const rules = new WeakMap<object, Map<string, FieldRule>>();

/** Gives the property of a class its rule; a later one replaces it. */
export function setRule(prototype: object, name: string, rule: FieldRule): void {
  const own = rules.get(prototype) ?? new Map<string, FieldRule>();
  rules.set(prototype, own.set(name, rule));
}

/** The rules of a DTO by field, inherited ones included. */
export function rulesOf(prototype: object | null): Map<string, FieldRule> {
  if (prototype === null) return new Map();
  const inherited = rulesOf(Object.getPrototypeOf(prototype) as object | null);
  return new Map([...inherited, ...(rules.get(prototype) ?? [])]);
}

/**
 * The declared fields of an input, each in the form that its rule judges; of a form or a query, what its texts stand for
 * (contract §1). Nothing else of the input is kept.
 */
export function takenFields(prototype: object, input: object): Record<string, unknown> {
  const taken: Record<string, unknown> = {};
  const texts = textsOf(input);
  for (const [name, { shape, empty, take }] of rulesOf(prototype)) {
    if (texts) {
      const value = valueIn(texts, name, shape);
      if (value === undefined || (value === '' && empty === 'absent')) continue;
      taken[name] = value === '' && empty === 'null' ? null : take(value);
    } else if (Object.hasOwn(input, name)) {
      taken[name] = take((input as Record<string, unknown>)[name]);
    }
  }
  return taken;
}

/** What is wrong with the taken fields of an object, by name, or nothing. */
export function fieldProblems(prototype: object, taken: object): FieldErrors | undefined {
  const problems = [...rulesOf(prototype)].flatMap(([name, { judge }]) => {
    const problem = judge((taken as Record<string, unknown>)[name]);
    return problem === undefined ? [] : [[name, messagesOf(problem)]];
  });
  return problems.length > 0 ? (Object.fromEntries(problems) as FieldErrors) : undefined;
}

/** Where a field takes its value in one form alone. */
export const asItIs = withPlainNumbers;
