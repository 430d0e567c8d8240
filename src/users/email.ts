import { canonicalEmail } from '../common/canonical-email.js';
import { Field, ifAny, textProblems } from '../common/fields.js';
import { asText } from '../common/scalars.js';

/** RFC 5321 §4.5.3.1.3 less the angle brackets. */
const LONGEST_EMAIL = 254;

/** The unquoted local part of RFC 5322 §3.2.3, and a domain of at least two labels, as Django's validator has them. */
const EMAIL =
  /^(?=.{1,64}@)[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/;

/** Whether a canonical text is an e-mail address. */
function isEmail(canonical: string): boolean {
  return canonical.length <= LONGEST_EMAIL && EMAIL.test(canonical);
}

/** An e-mail address; what arrives behind it is in canonical form. */
export function EmailField(): PropertyDecorator {
  const take = (given: unknown): unknown => {
    const text = asText(given);
    return typeof text === 'string' ? canonicalEmail(text) : text;
  };
  return Field(
    (value) => {
      if (typeof value !== 'string') return 'Not a valid string.';
      if (value === '') return 'This field may not be blank.';
      if (value.length > LONGEST_EMAIL)
        return `Ensure this field has no more than ${LONGEST_EMAIL} characters.`;
      return ifAny([...textProblems(value), ...(isEmail(value) ? [] : ['Enter a valid email address.'])]);
    },
    { type: String, format: 'email', maxLength: LONGEST_EMAIL },
    {},
    { take },
  );
}
