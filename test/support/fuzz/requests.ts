import fc from 'fast-check';
import type { Answer, Client } from '../client.js';
import type { FuzzedOperation } from './fuzzed-operation.js';
import { goodValues } from './good-values.js';
import type { Target } from './targets.js';

/** The randomness of a whole run: set FUZZ_SEED to what a failure names, to see it again. */
export const SEED = Number(process.env['FUZZ_SEED'] ?? 20_261_124);

/** How often each kind of request is made: 1 in the suite, more in `npm run test:fuzz`. */
export const RUNS = Number(process.env['FUZZ_RUNS'] ?? 1);

/** What a request carries besides its path. */
export interface Input {
  readonly body?: Readonly<Record<string, unknown>>;
  readonly query?: Readonly<Record<string, unknown>>;
}

/** Of the pages that the document allows, those that every list has. */
const FIRST_PAGES: Readonly<Record<string, fc.Arbitrary<unknown>>> = { page: fc.constantFrom('1', 'last') };

/** What the document allows to send, `many` times. */
export function goodInputs({ name, body, query, method }: FuzzedOperation, many: number): Input[] {
  const optional = fc.record(
    Object.fromEntries(query.map(({ name, schema = {} }) => [name, FIRST_PAGES[name] ?? goodValues(schema)])),
    { requiredKeys: [], noNullPrototype: true },
  );
  const inputs = fc.record({
    ...(body && { body: goodValues(body) }),
    ...(query.length > 0 && method === 'GET' && { query: optional }),
  });
  return fc.sample(inputs as fc.Arbitrary<Input>, { seed: seedOf(name), numRuns: many });
}

/** Each operation has randomness of its own: two texts that are equal by accident look like a secret that leaked. */
const seedOf = (name: string): number =>
  [...name].reduce((seed, char) => (seed * 31 + (char.codePointAt(0) ?? 0)) | 0, SEED);

/** Sends an operation's request to its target, with what is known of the target in place of what was made up. */
export function send(
  { method, body }: FuzzedOperation,
  { path, known }: Pick<Target, 'path' | 'known'>,
  client: Client,
  input: Input = {},
): Promise<Answer> {
  return client.send(method, path + queryOf(input.query), body ? { ...input.body, ...known } : undefined);
}

function queryOf(query: Input['query'] = {}): string {
  const pairs = Object.entries(query).map(([name, value]) => [name, String(value)] as [string, string]);
  return pairs.length > 0 ? `?${new URLSearchParams(pairs).toString()}` : '';
}

/** A request and its answer in one line, for the list of what went wrong. */
export function told(name: string, input: unknown, { status, text }: Answer): string {
  return `${name} ${JSON.stringify(input)?.slice(0, 200) ?? ''} → ${status} ${text.slice(0, 300)}`;
}

/** Is the answer an error of the contract (§1)? That of a field names it. */
export function isRefusal({ status, body }: Answer, field?: string): boolean {
  if (status < 400 || status >= 500 || typeof body !== 'object' || body === null) return false;
  return field === undefined ? Object.keys(body as object).length > 0 : Object.hasOwn(body as object, field);
}

/** In the suite `some` of a list, other ones each `turn`, so that all of them come up; the whole list in a long run. */
export function turnOf<T>(list: readonly T[], some: number, turn: number): readonly T[] {
  if (RUNS > 1) return list;
  return Array.from({ length: some }, (_, at) => list[(turn * some + at) % list.length] as T);
}
