import type { Command } from 'commander';
import { readFileSync } from 'node:fs';
import { fieldOf, operationsOf } from '../../src/cli/command.js';
import { buildProgram, EXIT_STATUS, load } from '../../src/cli/program.js';

interface Schema {
  readonly $ref?: string;
  readonly properties?: Record<string, Schema>;
}
interface Parameter {
  readonly in: string;
  readonly name: string;
}
interface Operation {
  readonly parameters?: readonly (Parameter | { readonly $ref: string })[];
  readonly requestBody?: { content: Record<string, { schema: Schema }> };
}
const document = JSON.parse(readFileSync('docs/api/openapi.json', 'utf8')) as {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema>; parameters: Record<string, Parameter> };
};

/** What staff do over HTTP: operation → what of it can be said, filters and fields of the body. */
const STAFF = new Map(
  Object.entries(document.paths)
    .filter(([path]) => path.startsWith('/api/admin/'))
    .flatMap(([path, methods]) =>
      Object.entries(methods)
        .filter(([method]) => method !== 'parameters')
        .map(([method, operation]) => [`${method.toUpperCase()} ${path}`, saidIn(operation)] as const),
    ),
);

function saidIn({ parameters = [], requestBody }: Operation): string[] {
  const filters = parameters
    .map((one) => ('$ref' in one ? document.components.parameters[one.$ref.split('/').at(-1) ?? ''] : one))
    .flatMap((one) => (one?.in === 'query' ? [one.name] : []));
  return [...filters, ...fieldsIn(requestBody?.content['application/json']?.schema ?? {})];
}

/** The fields of a body, those of its parts included. */
function fieldsIn(given: Schema): string[] {
  const schema = resolved(given);
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const inner = fieldsIn(field);
    return inner.length > 0 ? inner : [name];
  });
}

function resolved({ $ref, ...schema }: Schema & { allOf?: Schema[] }): Schema {
  if ($ref !== undefined) return resolved(document.components.schemas[$ref.split('/').at(-1) ?? ''] ?? {});
  return schema.allOf?.[0] ? resolved(schema.allOf[0]) : schema;
}

/** What is said otherwise than by an option, and how. */
const OTHERWISE: Record<string, string> = {
  page: '`--limit`: lists are printed without pages',
  page_size: '`--limit`',
  format: 'the default is a table; `audit export`, `access-keys review --format csv`',
  dry_run: 'without `--confirm-token`',
  issuing_stopped: '`policy stop-issuing`, `policy allow-issuing`',
  disabled: '`orgs disable`, `orgs enable`; as a filter an option',
  admin: 'an admin key is made by a person’s session or JWT alone (contract §4)',
};

let commands: readonly Command[];
beforeAll(async () => {
  const program = buildProgram();
  for (const command of program.commands) await load(command);
  const leaves = (command: Command): Command[] =>
    command.commands.length > 0 ? command.commands.flatMap(leaves) : [command];
  commands = program.commands.flatMap(leaves);
});

const nameOf = (command: Command): string =>
  [command.parent?.parent ? command.parent.name() : '', command.name()].join(' ').trim();

describe('the command line', () => {
  it('does all that staff do over HTTP, and names no operation that isn’t there', () => {
    expect(STAFF.size).toBeGreaterThan(30);
    const done = new Set(commands.flatMap((command) => operationsOf(command)));
    expect([...done].sort()).toEqual([...STAFF.keys()].sort());
  });

  it('takes every filter and every field that staff can send, or says otherwise what it means', () => {
    const missing = [...STAFF].flatMap(([operation, said]) => {
      const doing = commands.filter((command) => operationsOf(command).includes(operation));
      const taken = new Set(
        doing.flatMap(({ options, registeredArguments: words }) => [
          ...options.map((option) => fieldOf(option.attributeName())),
          ...words.map((word) => word.name()),
        ]),
      );
      return said
        .filter((name) => !taken.has(name) && !(name in OTHERWISE))
        .map((name) => `${operation}: ${name}`);
    });
    expect(missing).toEqual([]);
  });

  it('is told of in its document: every command, and the meaning of every exit status', () => {
    const told = readFileSync('docs/command-line.md', 'utf8');
    for (const command of commands) {
      const group = command.parent?.parent ? command.parent.name() : command.name();
      const row = told.split('\n').find((line) => line.startsWith('| `') && line.includes(`\`${group}\``));
      expect(row).toContain(`\`${command.name()}\``);
    }
    const statuses = EXIT_STATUS.split('\n').flatMap((line) => /^ +(\d) {2}(.*)$/.exec(line)?.slice(1) ?? []);
    const table = told
      .split('\n')
      .filter((line) => /^\| \d /.test(line))
      .flatMap((line) => line.split('|').slice(1, 3))
      .map((cell) => cell.trim());
    expect(statuses).toHaveLength(10);
    expect(table).toEqual(statuses);
  });

  it('tells of every command what it does and how it is called, by a whole example', () => {
    expect(commands.length).toBeGreaterThan(40);
    for (const command of commands) {
      let told = '';
      command.configureOutput({ writeOut: (text) => void (told += text) });
      command.outputHelp();
      expect(command.description()).not.toBe('');
      expect(told).toMatch(new RegExp(`^Examples:\\n(?:.*\\n)*?.*cli ${nameOf(command)}\\b`, 'm'));
      for (const { description } of command.options) expect(description).not.toBe('');
    }
  });
});
