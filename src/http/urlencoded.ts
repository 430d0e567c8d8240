import { ParseError } from '../common/errors.js';
import { objectOf } from '../common/form-values.js';

/**
 * A form (`application/x-www-form-urlencoded`) as an object of texts; `textsOf` has all that are of one name. As in Django, a
 * percent sign that begins no escape stands for itself. Errors: ParseError for what is not UTF-8: replaced, two different
 * passwords would become one.
 */
export function parseForm(text: string): Record<string, string> {
  // What is beyond ASCII has to be escaped in a form: as it stands, it is what was no UTF-8 and got replaced.
  if (text.includes('\uFFFD')) throw notUtf8();
  return parse(text, (escapes) => {
    try {
      return decodeURIComponent(escapes);
    } catch {
      throw notUtf8();
    }
  });
}

/** The query of a URL, read as a form is; but there, as in Django, U+FFFD stands for what is not UTF-8. */
export function parseQuery(text: string): Record<string, string> {
  if (text === '') return {}; // as most requests have it
  return parse(text, (escapes) => Buffer.from(escapes.replaceAll('%', ''), 'hex').toString());
}

const ESCAPES = /(?:%[\da-f]{2})+/gi;

function parse(text: string, unescape: (escapes: string) => string): Record<string, string> {
  const decoded = (part: string): string => part.replaceAll('+', ' ').replace(ESCAPES, unescape);
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
  return objectOf(texts);
}

const notUtf8 = (): ParseError => new ParseError('Form parse error - the body is not UTF-8.');
