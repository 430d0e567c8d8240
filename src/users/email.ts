import { Transform } from 'class-transformer';
import { applyDecorators } from '@nestjs/common';
import { domainToASCII } from 'node:url';
import { Field } from '../common/fields.js';

/** RFC 5321 §4.5.3.1.3 less the angle brackets. */
const LONGEST_EMAIL = 254;

/** The unquoted local part of RFC 5322 §3.2.3, and a domain of at least two labels, as Django's validator has them. */
const EMAIL =
  /^(?=.{1,64}@)[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/;

/**
 * The one form of an e-mail address that is stored and compared, so that look-alikes are one account (ASVS 6.3.8,
 * Auth.js GHSA-7rqj-j65f-68wh): Unicode compatibility forms folded (full-width `＠`), white space trimmed, lower case,
 * the dotted capital `İ` as `i`, the domain in ASCII without trailing dots. Text that is no address comes out as some
 * text that is none either: `isEmail` judges the result.
 */
export function canonicalEmail(text: string): string {
  const folded = text.normalize('NFKC').trim().toLowerCase().replaceAll('i\u0307', 'i').normalize('NFKC');
  const at = folded.lastIndexOf('@');
  if (at < 0) return folded;
  const domain = folded.slice(at + 1).replace(/[.\s]+$/, '');
  return `${folded.slice(0, at)}@${domainToASCII(domain) || domain}`;
}

/** Whether a canonical text is an e-mail address. */
function isEmail(canonical: string): boolean {
  return canonical.length <= LONGEST_EMAIL && EMAIL.test(canonical);
}

/** An e-mail address; what arrives behind it is in canonical form. */
export function EmailField(): PropertyDecorator {
  return applyDecorators(
    Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? canonicalEmail(value) : value)),
    Field(
      (value) => {
        if (typeof value !== 'string') return 'Not a valid string.';
        if (value === '') return 'This field may not be blank.';
        if (value.length > LONGEST_EMAIL)
          return `Ensure this field has no more than ${LONGEST_EMAIL} characters.`;
        return isEmail(value) ? undefined : 'Enter a valid email address.';
      },
      { type: String, format: 'email', maxLength: LONGEST_EMAIL },
    ),
  );
}
