import { Argument, InvalidArgumentError, Option } from 'commander';
import { parseId } from '../common/ids.js';
import { instantProblem } from '../common/instants.js';

/** An id given as an option. */
function idOption(text: string): number {
  const id = parseId(text);
  if (id === undefined) throw new InvalidArgumentError('It must be an id, a whole number.');
  return id;
}

/** A number of things: 1 or more. */
function countOption(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 1 on.');
  return Number(text);
}

/** An option with a text, whose rules are those of the field of the same name over HTTP. */
export function text(flags: string, description: string): Option {
  return new Option(flags, description);
}

/** The same, that can't be left out. */
export function required(option: Option): Option {
  return option.makeOptionMandatory();
}

/** What a command is about, by its id. */
export function idWord(description: string): Argument {
  return new Argument('<id>', description).argParser(idOption);
}

/** An option with an id. */
export function id(flags: string, description: string): Option {
  return new Option(flags, description).argParser(idOption);
}

/** An option with one of some words. */
export function choice(flags: string, description: string, choices: readonly string[]): Option {
  return new Option(flags, description).choices(choices);
}

/** An option with an instant, in ISO 8601 with its zone. */
export function instant(flags: string, description: string): Option {
  return new Option(flags, `${description} (ISO 8601 with a zone)`).argParser((given: string) => {
    const problem = instantProblem(given);
    if (problem === undefined) return given;
    throw new InvalidArgumentError(problem);
  });
}

/** An option that is on or off; left out, it stays as it is. */
export function onOff(flags: string, description: string): Option {
  return new Option(flags, description).argParser((given: string) => {
    if (given !== 'on' && given !== 'off') throw new InvalidArgumentError('It must be `on` or `off`.');
    return given === 'on';
  });
}

/** What is null over HTTP: commander takes a null for no value. */
export const NONE = Symbol('none');

/** An option with a number of things, or `none`. */
export function countOrNone(flags: string, description: string): Option {
  return new Option(flags, description).argParser((given: string) =>
    given === 'none' ? NONE : countOption(given),
  );
}

/** An option with a number of things. */
export function count(flags: string, description: string): Option {
  return new Option(flags, description).argParser(countOption);
}

/** An option with networks, or `none`: from everywhere. */
export function networks(description: string): Option {
  return new Option('--networks <cidr,…>', `${description}; \`none\`: from everywhere`).argParser(
    (given: string) => (given === 'none' ? [] : given.split(',')),
  );
}

/** What every list takes besides its filters. */
export const LIST_OPTIONS: readonly Option[] = [
  text('--search <words>', 'every word must be in one of the fields that the list over HTTP searches'),
  text('--ordering <fields>', 'comma-separated, `-` reverses; the fields that the list over HTTP names'),
  count('--limit <rows>', 'so many rows at most; left out: all'),
];
