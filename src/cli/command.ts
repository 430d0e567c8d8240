import type { Argument, Command, Option } from 'commander';
import { snakeCase } from '../common/snake-case.js';
import type { Services } from './context.js';
import { NONE } from './options.js';
import { Output } from './output.js';

/** What somebody typed after the words of a command: the arguments, then the options by the names they have over HTTP. */
export interface Given {
  readonly words: readonly unknown[];
  readonly fields: Readonly<Record<string, unknown>>;
}

/** What a command does with the services that HTTP uses. */
export type Action = (services: Services, given: Given, output: Output) => Promise<void>;

/** What a command does that opens the service by itself, or needs none. */
export type Alone = (given: Given, output: Output) => Promise<void>;

/** One command of a group. Nothing of it but what it does loads the service: help is there at once. */
export type CommandSpec = Does & {
  readonly name: string;
  readonly description: string;
  /** What stands without an option's name. */
  readonly words?: readonly Argument[];
  readonly options?: readonly Option[];
  /** Whole command lines, without the program's name. */
  readonly examples: readonly [string, ...string[]];
  /** What of the HTTP API it does, as the API document names it; what is there for the operator alone names nothing. */
  readonly like?: readonly string[];
};

/** What a command does: with the services, or alone. */
type Does = { readonly action: () => Promise<Action> } | { readonly alone: () => Promise<Alone> };

/** Options whose name on the command line is shorter than the field's. */
const SHORT: Readonly<Record<string, string>> = {
  org: 'organization',
  level: 'access_level',
  expires: 'expires_at',
  keyExpires: 'key_expires_at',
  networks: 'allowed_networks',
};

const operations = new WeakMap<Command, readonly string[]>();

/** The field over HTTP that an option of this attribute name is. */
export function fieldOf(attribute: string): string {
  return SHORT[attribute] ?? snakeCase(attribute);
}

/** What of the HTTP API a command does. */
export function operationsOf(command: Command): readonly string[] {
  return operations.get(command) ?? [];
}

/** Defines the commands of a group. */
export function defineCommands(group: Command, specs: readonly CommandSpec[]): void {
  for (const spec of specs) {
    const { name, description, words = [], options = [], examples, like = [] } = spec;
    const command = group.command(name).description(description).addHelpText('after', helpOf(like, examples));
    for (const word of words) command.addArgument(word);
    for (const option of options) command.addOption(option);
    operations.set(command, like);
    command.action(async () => {
      const given = { words: command.processedArgs, fields: fieldsOf(command.opts()) };
      await run(spec, given, new Output(command));
    });
  }
}

async function run(does: Does, given: Given, output: Output): Promise<void> {
  if ('alone' in does) {
    await (
      await does.alone()
    )(given, output);
    return;
  }
  const [{ withServices }, action] = await Promise.all([import('./context.js'), does.action()]);
  await withServices((services) => action(services, given, output));
}

function helpOf(like: readonly string[], examples: readonly string[]): string {
  const lines = examples.map((example) => `  cli ${example}`);
  const over = like.length > 0 ? `\nOver HTTP: ${like.join(', ')}\n` : '';
  return `${over}\nExamples:\n${lines.join('\n')}`;
}

function fieldsOf(options: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(options).map(([name, value]) => [fieldOf(name), value === NONE ? null : value]),
  );
}
