import { canonicalEmail } from '../common/canonical-email.js';
import { Field, ifAny, textProblems } from '../common/fields.js';
import { asText } from '../common/scalars.js';

/** RFC 5321 §4.5.3.1.3 less the angle brackets. */
const LONGEST_EMAIL = 254;

/** RFC 5321 §4.5.3.1.1. */
const LONGEST_LOCAL = 64;

/** The unquoted local part of RFC 5322 §3.2.3, and a domain of at least two labels, as Django's validator has them. */
const EMAIL =
  /^[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/;

const INVALID = 'Enter a valid email address.';

/** What keeps a canonical text from being an e-mail address. */
function emailProblems(canonical: string): string[] {
  const tooLong = canonical.length > LONGEST_EMAIL;
  const isEmail = EMAIL.test(canonical) && (tooLong || canonical.indexOf('@') <= LONGEST_LOCAL);
  return [
    ...(tooLong ? [`Ensure this field has no more than ${LONGEST_EMAIL} characters.`] : []),
    ...textProblems(canonical),
    ...(isEmail ? [] : [INVALID]),
  ];
}

/** An e-mail address; what arrives behind it is in canonical form. */
export function EmailField(): PropertyDecorator {
  const take = (given: unknown): unknown => {
    const text = asText(given);
    return typeof text === 'string' ? canonicalEmail(text) : text;
  };
  return Field(
    (value) => {
      if (typeof value !== 'string') return INVALID;
      return value === '' ? 'This field may not be blank.' : ifAny(emailProblems(value));
    },
    { type: String, format: 'email', maxLength: LONGEST_EMAIL },
    {},
    { take },
  );
}
