/**
 * A number of a JSON text that JavaScript would not write the same way again: beyond 2^53−1, with a fraction, with an
 * exponent. Fields that take a number for a text need it as it was written; all others take its value.
 */
export class JsonNumber {
  constructor(readonly source: string) {}

  get value(): number {
    return Number(this.source);
  }

  /** What Python's parser makes a `float` of. */
  get isFloat(): boolean {
    return /[.e]/i.test(this.source);
  }
}

/** A value in which every JsonNumber is the number that it names, at any depth. */
export function withPlainNumbers(value: unknown): unknown {
  if (value instanceof JsonNumber) return value.value;
  if (Array.isArray(value)) return value.map(withPlainNumbers);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withPlainNumbers(inner)]));
}
