import { randomBytes } from 'node:crypto';
import { ParseError } from '../../common/errors.js';
import { JsonNumber } from '../../common/json-number.js';

/** How deep JSON may nest. Nothing here needs more than three; unbounded depth overflows the stack of whoever walks it. */
const DEEPEST = 32;

/**
 * The value of a JSON text, in which a number that JavaScript would write differently is a JsonNumber. Errors: ParseError,
 * also for the names that could reach the prototype of whoever merges the value.
 */
export function parseJson(text: string): unknown {
  if (depthOf(text) > DEEPEST) throw new ParseError('JSON parse error - nested too deeply.');
  const json = text.startsWith('\uFEFF') ? text.slice(1) : text;
  try {
    const value = JSON.parse(json, refusePrototypes) as unknown;
    return hasMarked(json) ? JSON.parse(marked(json), unmark) : value;
  } catch (error) {
    throw error instanceof ParseError
      ? error
      : new ParseError('JSON parse error - the body is not valid JSON.');
  }
}

function refusePrototypes(name: string, value: unknown): unknown {
  if (name === '__proto__') throw new ParseError('JSON parse error - the name "__proto__" is not taken.');
  if (name === 'constructor' && typeof value === 'object' && value && Object.hasOwn(value, 'prototype'))
    throw new ParseError('JSON parse error - the name "constructor" with a "prototype" is not taken.');
  return value;
}

/**
 * `JSON.parse` gives a number, not its digits. So the rare numbers that lose some are made texts with a mark that nobody
 * can know, and those texts made numbers again while parsing. Valid JSON alone gets here.
 */
const MARK = randomBytes(16).toString('hex');
const STRING_OR_NUMBER = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/g;
const AS_WRITTEN = /^(?:0|-?[1-9]\d{0,14})$/;

const loses = (token: string): boolean => !token.startsWith('"') && !AS_WRITTEN.test(token);

const hasMarked = (json: string): boolean => (json.match(STRING_OR_NUMBER) ?? []).some(loses);

const marked = (json: string): string =>
  json.replace(STRING_OR_NUMBER, (token) => (loses(token) ? `"${MARK}${token}"` : token));

const unmark = (_name: string, value: unknown): unknown =>
  typeof value === 'string' && value.startsWith(MARK) ? new JsonNumber(value.slice(MARK.length)) : value;

/** How deep a JSON text nests, without parsing it; brackets inside strings don't count. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let i = 0; i < text.length; i += 1) {
    const char = text[i];
    if (inString) {
      if (char === '\\') i += 1;
      else if (char === '"') inString = false;
    } else if (char === '"') inString = true;
    else if (char === '{' || char === '[') deepest = Math.max(deepest, (depth += 1));
    else if (char === '}' || char === ']') depth -= 1;
  }
  return deepest;
}
