import type { Answer } from '../client.js';

/** Fields whose rules no schema can say, and the rule. */
const RULES: Readonly<Record<string, string>> = {
  expires_at: 'within the policy, and never later than it was',
  access_level: 'can only be narrowed',
  confirm_token: 'of a dry run with the same filter, and required without one',
  new_password: 'not a common one, not made of the owner’s name, at least 8 characters after NFKC',
};

/** Whether a refusal of what the schema allows is for a rule beyond it: the state, a page beyond the last, the fields above. */
export function beyondTheSchema({ status, body }: Answer): boolean {
  if (status === 409) return true;
  if (status === 404) return (body as { detail?: string }).detail === 'Invalid page.';
  return status === 400 && Object.keys(body as object).every((field) => Object.hasOwn(RULES, field));
}
