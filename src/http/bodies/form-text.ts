import { ParseError } from '../../common/errors.js';
import type { Texts } from '../../common/field-rules.js';

const formTexts = new WeakMap<object, Texts>();

/** All values of a body that was sent as a form; `undefined`: it was not. */
export const textsOf = (body: object): Texts | undefined => formTexts.get(body);

/**
 * A form (`application/x-www-form-urlencoded`) as an object of texts. Of a repeated name the last one counts, for whoever
 * reads the object; `textsOf` has them all. As in Django, a percent sign that begins no escape stands for itself. Errors:
 * ParseError for what is not UTF-8: replaced, two different passwords would become one.
 */
export function parseForm(text: string): Record<string, string> {
  const texts = new Map<string, string[]>();
  for (const pair of text.split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = decoded(equals === -1 ? pair : pair.slice(0, equals));
    const value = equals === -1 ? '' : decoded(pair.slice(equals + 1));
    const others = texts.get(name); // thousands may have one name
    if (others) others.push(value);
    else texts.set(name, [value]);
  }
  const form = Object.create(null) as Record<string, string>;
  for (const [name, values] of texts) form[name] = values.at(-1) ?? '';
  formTexts.set(form, texts);
  return form;
}

function decoded(text: string): string {
  // What is beyond ASCII has to be escaped in a form: as it stands, it is what was no UTF-8 and got replaced.
  if (text.includes('\uFFFD')) throw notUtf8();
  try {
    return text.replaceAll('+', ' ').replace(/(?:%[\da-f]{2})+/gi, decodeURIComponent);
  } catch {
    throw notUtf8();
  }
}

const notUtf8 = (): ParseError => new ParseError('Form parse error - the body is not UTF-8.');
