import { Ajv2020 } from 'ajv/dist/2020.js';
import formatsPlugin from 'ajv-formats';
import { readFileSync } from 'node:fs';
import { makeDocument } from '../../src/cli/actions/openapi.js';
import { type Parameter, type Schema, withPartsInPlace } from '../support/contract/api-document.js';

interface Content {
  readonly schema?: Schema;
  readonly example?: unknown;
}

interface Operation {
  readonly summary?: string;
  readonly description?: string;
  readonly tags: readonly string[];
  readonly parameters?: readonly (Parameter & {
    readonly description?: string;
    readonly example?: unknown;
  })[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Content>> };
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, Content>> }>>;
  readonly security: readonly Readonly<Record<string, unknown>>[];
  readonly 'x-access': { readonly kind: string };
  readonly 'x-codeSamples': readonly { readonly source: string }[];
}

interface Document {
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

/** As it is published, and once more with its shared parts where they are used. */
const published = JSON.parse(readFileSync('docs/api/openapi.json', 'utf8')) as Document;
const document = withPartsInPlace(published) as unknown as Document;

const operations = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({
    name: `${method.toUpperCase()} ${path}`,
    method,
    ...operation,
  })),
);

/** The names of the operations of which something is wrong. */
const namesOf = (wrong: (operation: (typeof operations)[number]) => boolean): string[] =>
  operations.filter(wrong).map(({ name }) => name);

beforeAll(() => {
  expect(operations.length).toBeGreaterThan(90);
});

it('what is published is what the service says of itself', async () => {
  expect(JSON.parse(JSON.stringify(await makeDocument()))).toEqual(published);
});

it('every operation has a summary, and a description that says who may call it', () => {
  expect(namesOf(({ summary = '' }) => summary.length < 5)).toEqual([]);
  expect(namesOf(({ description = '' }) => !/\*\*Who:\*\* \S/.test(description))).toEqual([]);
});

it('every body and every answer in JSON has an example, and each example is one that its schema allows', () => {
  const ajv = new Ajv2020({ strict: false, validateSchema: false, unicodeRegExp: true });
  formatsPlugin.default(ajv);
  ajv.addSchema({ $id: 'document', components: document.components });
  const wrong: string[] = [];
  let judged = 0;
  for (const { name, requestBody, responses } of operations) {
    for (const [place, { content }] of [
      ['body', requestBody ?? {}] as const,
      ...Object.entries(responses),
    ] as [string, { content?: Readonly<Record<string, Content>> }][]) {
      const { schema = {}, example } = content?.['application/json'] ?? {};
      if (Object.keys(schema).length === 0) continue; // no JSON, or of any form: a provider's
      const validate = ajv.compile(
        JSON.parse(JSON.stringify(schema).replaceAll('"#/components', '"document#/components')) as object,
      );
      judged += 1;
      if (example === undefined) wrong.push(`${name}, ${place}: no example`);
      else if (!validate(example)) wrong.push(`${name}, ${place}: ${ajv.errorsText(validate.errors)}`);
    }
  }
  expect(wrong).toEqual([]);
  expect(judged).toBeGreaterThan(operations.length);
});

it('every parameter is described, and what is an id is an integer from 1', () => {
  const all = operations.flatMap(({ parameters = [] }) => parameters);
  expect(all.filter(({ description }) => !description)).toEqual([]);
  const ids = all.filter(({ name }) => /(?:^id|_id|_pk)$/.test(name));
  expect(ids.length).toBeGreaterThan(50);
  expect(ids.filter(({ schema }) => schema?.type !== 'integer' || schema.minimum !== 1)).toEqual([]);
});

it('public operations say that nothing opens them (a login, that the CSRF token does); by session, whatever writes needs that too', () => {
  const isPublic = (operation: Operation): boolean => operation['x-access'].kind === 'public';
  expect(namesOf((one) => isPublic(one) !== (one.security.length === 0))).toEqual(['POST /api/auth/login/']);
  const bySession = operations.flatMap(({ name, method, security }) =>
    security.filter((scheme) => 'Session' in scheme).map((scheme) => ({ name, method, scheme })),
  );
  expect(bySession.length).toBeGreaterThan(50);
  expect(bySession.filter(({ method, scheme }) => (method === 'get') === 'CsrfToken' in scheme)).toEqual([]);
});

it('chapters come in the order that a reader needs, organizations and keys first, and none is empty', () => {
  const names = document.tags.map(({ name }) => name);
  expect(names.slice(0, 2)).toEqual(['Organizations', 'My access keys']);
  const used = operations.map(({ tags }) => tags[0] ?? '');
  expect(new Set(used)).toEqual(new Set(names));
  expect(used.map((tag) => names.indexOf(tag))).toEqual(
    used.map((tag) => names.indexOf(tag)).toSorted((a, b) => a - b),
  );
});

it('what several places share has a name: parameters, refusals, and sets of words', () => {
  const parts = Object.values(published.paths).flatMap((item) => Object.values(item));
  const inline = parts.flatMap(({ parameters = [] }) => parameters.filter((one) => !('$ref' in one)));
  const shared = ['page', 'page_size', 'org_pk', 'id', 'api_key_pk', 'If-Match'];
  expect(inline.filter(({ name }) => shared.includes(name))).toEqual([]);

  const refusals = parts
    .flatMap(({ responses }) => Object.entries(responses))
    .filter(([status, response]) => /^[45]/.test(status) && response.content?.['application/json']?.schema)
    .map(([, response]) => JSON.stringify(response));
  expect(refusals.length).toBeGreaterThan(0);
  expect(refusals.filter((one, at) => refusals.indexOf(one) !== at)).toEqual([]);

  const words: string[] = [];
  JSON.stringify(published, (key, value: unknown) => {
    if (key === 'enum' && (value as unknown[]).length > 1) words.push(JSON.stringify(value));
    return value;
  });
  expect(words.length).toBeGreaterThan(10);
  expect(words.filter((set, at) => words.indexOf(set) !== at)).toEqual([]);
});

it('a page of a list is named by what it lists, and no operation spells one out', () => {
  const { schemas } = published.components;
  const pages = Object.keys(schemas).filter((name) => name.endsWith('Page'));
  expect(pages).toContain('MemberPage');
  for (const name of pages) {
    expect([name, schemas[name]]).toEqual([
      name,
      expect.objectContaining({
        required: ['count', 'next', 'previous', 'results'],
        properties: expect.objectContaining({
          results: {
            type: 'array',
            items: { $ref: `#/components/schemas/${name.replace('Page', 'Answer')}` },
          },
        }) as unknown,
      }),
    ]);
  }
  const answers = Object.values(published.paths).flatMap((item) =>
    Object.values(item).flatMap(({ responses }) =>
      Object.values(responses).flatMap(({ content }) => Object.values(content ?? {})),
    ),
  );
  const named = answers.flatMap(({ schema }) => /\/(\w+Page)$/.exec(schema?.$ref ?? '')?.[1] ?? []);
  expect(new Set(named)).toEqual(new Set(pages));
  expect(answers.filter(({ schema }) => schema?.properties && 'next' in schema.properties)).toEqual([]);
});
