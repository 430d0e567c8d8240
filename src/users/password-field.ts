import { Field, ifAny, textProblems } from '../common/fields.js';
import { asText } from '../common/scalars.js';

/** Characters (code points) after NFKC, whatever form they were typed in. */
export const SHORTEST_PASSWORD = 8;
const LONGEST_PASSWORD = 256;
/** UTF-16 units beyond which a text isn't even normalized: no 256 characters decompose into so many. */
const LONGEST_INPUT = 4_096;

/** The length of a password, as its rules count it. */
export function passwordLength(password: string): number {
  return [...password.normalize('NFKC')].length;
}

/**
 * A password, exactly as typed. Too long a one is refused here, before anything is hashed and before anyone is looked
 * up, so the refusal costs little and tells nothing (Django CVE-2013-1443, Spring CVE-2025-22234). `rules`: those of a new
 * password, in words; the service checks them (password-rules.ts).
 */
export function PasswordField(rules?: string): PropertyDecorator {
  return Field(
    (value) => {
      if (typeof value !== 'string') return 'Not a valid string.';
      if (value === '') return 'This field may not be blank.';
      if (value.length > LONGEST_INPUT || passwordLength(value) > LONGEST_PASSWORD)
        return `Ensure this field has no more than ${LONGEST_PASSWORD} characters.`;
      return ifAny(textProblems(value));
    },
    {
      type: String,
      format: 'password',
      minLength: rules ? SHORTEST_PASSWORD : 1,
      maxLength: LONGEST_PASSWORD,
    },
    { ...(rules && { description: rules }) },
    { take: asText },
  );
}
